/** Activation statistics and the fitting of a recipe's parameters to a model. */
package io.agilelens.engine.calibrate;

/** Sweeps over recipes and the search for the best of them under a budget. */
package io.agilelens.engine.search;

/** Runs a kit of reference data against the engine, case by case. */
package io.agilelens.engine.evaluate.conformance;

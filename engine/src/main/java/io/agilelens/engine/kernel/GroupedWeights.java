package io.agilelens.engine.kernel;

/**
 * Packed codes of 4 or 8 bits for float activations, with a scale and a zero point for each output
 * and group of inputs.
 */
public non-sealed interface GroupedWeights extends PackedWeights {}

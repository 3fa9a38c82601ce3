package io.agilelens.engine.kernel;

/**
 * Packed signed 8-bit weights with scale and zero point per output and group, in runs of equal
 * shift.
 */
public non-sealed interface Int8Weights extends PackedWeights {}

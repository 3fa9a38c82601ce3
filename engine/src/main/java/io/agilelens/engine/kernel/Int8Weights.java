package io.agilelens.engine.kernel;

/** Packed signed 8-bit weights with a scale per output and group. */
public non-sealed interface Int8Weights extends PackedWeights {}

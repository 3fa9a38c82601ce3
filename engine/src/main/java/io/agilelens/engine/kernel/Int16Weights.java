package io.agilelens.engine.kernel;

/** Packed signed 16-bit weights with a scale per output and group. */
public non-sealed interface Int16Weights extends PackedWeights {}

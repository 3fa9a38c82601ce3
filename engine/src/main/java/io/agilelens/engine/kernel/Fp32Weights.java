package io.agilelens.engine.kernel;

/** Packed float32 weights. */
public non-sealed interface Fp32Weights extends PackedWeights {}

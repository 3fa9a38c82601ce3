package io.agilelens.engine.kernel;

/** Packed IEEE half-precision weights. */
public non-sealed interface Fp16Weights extends PackedWeights {}

package io.agilelens.engine.kernel;

/** The weight of a linear layer in the layout that its kernels like. Immutable. */
public sealed interface PackedWeights
        permits Fp32Weights,
                Fp16Weights,
                Int8Weights,
                Int4Weights,
                GroupedWeights,
                ScalarWeights.Integers {

    /** Output channels. */
    int outputs();

    /** Input channels. */
    int inputs();

    /** Memory taken, in bytes, scales included. */
    long bytes();
}

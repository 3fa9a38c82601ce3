package io.agilelens.engine.quant;

import io.agilelens.engine.tensor.Matrix;

/** Quantizes the activations of one site; its parameters are fixed by calibration beforehand. */
public sealed interface ActivationQuantizer
        permits ChannelwiseQuantizer, TokenwiseQuantizer, TripQuantizer {

    IntegerRange range();

    /**
     * Quantizes and dequantizes.
     *
     * @param x {@code [tokens, channels]}, left alone
     */
    Matrix simulate(Matrix x);

    /**
     * The distance of neighbouring levels in a channel; for a token-wise quantizer it varies: NaN.
     */
    float step(int channel);

    /** The value of the level {@code code} in a channel; NaN where it varies by token. */
    float level(int channel, int code);
}

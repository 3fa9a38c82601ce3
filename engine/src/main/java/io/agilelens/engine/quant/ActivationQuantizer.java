package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.tensor.Matrix;

/** Quantizes the activations of one site; its parameters are fixed by calibration beforehand. */
public sealed interface ActivationQuantizer
        permits ChannelwiseQuantizer, TokenwiseQuantizer, TripQuantizer {

    IntegerRange range();

    /** What quantizes and dequantizes token by token. */
    TokenSimulation simulation(Kernels kernels, int channels);

    /**
     * Quantizes and dequantizes.
     *
     * @param x {@code [tokens, channels]}, left alone
     */
    default Matrix simulate(Kernels kernels, Matrix x) {
        TokenSimulation simulation = simulation(kernels, x.columns());
        Matrix result = Matrix.zeros(x.rows(), x.columns());
        for (int t = 0; t < x.rows(); t++) {
            simulation.apply(x, t, result);
        }
        return result;
    }

    /**
     * The distance of neighbouring levels in a channel; for a token-wise quantizer it varies: NaN.
     */
    float step(int channel);

    /** The value of the level {@code code} in a channel; NaN where it varies by token. */
    float level(int channel, int code);

    /**
     * How many levels of a channel values between two bounds round to: 1 if all of them become the
     * same number.
     *
     * @param from at most {@code to}
     * @return 0 for a token-wise quantizer, whose levels vary by token
     */
    default int levels(int channel, float from, float to) {
        float half = step(channel) / 2;
        int least = Integer.MAX_VALUE;
        int most = Integer.MIN_VALUE;
        for (int code = range().minimum(); code <= range().maximum(); code++) {
            float level = level(channel, code);
            if (level <= to + half) {
                most = code;
            }
            if (level >= from - half) {
                least = Math.min(least, code);
            }
        }
        if (Float.isNaN(half)) {
            return 0;
        }
        // Beyond the outermost level everything is clipped to it.
        int first = Math.min(least, range().maximum());
        int last = Math.max(most, range().minimum());
        return last - first + 1;
    }
}

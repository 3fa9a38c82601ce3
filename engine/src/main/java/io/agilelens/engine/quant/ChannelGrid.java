package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.tensor.Matrix;

/**
 * The uniform quantizers of a token's channels, as the kernels read them.
 *
 * @param steps of each channel
 * @param zeros zero point of each channel
 */
record ChannelGrid(float[] steps, float[] zeros, IntegerRange range) {

    /** Quantizes and dequantizes one token. */
    void simulate(Kernels kernels, Matrix x, int token, Matrix y) {
        kernels.quantize(
                x.data(),
                x.offset(token),
                x.columns(),
                steps,
                zeros,
                range.minimum(),
                range.maximum(),
                y.data());
    }
}

package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.Objects;

/**
 * Quantization with a scale for each token, found while running. Channel {@code c} has the token's
 * scale times {@code 2^exponents[c]}, so that TRIP's factors can be had with a scale a token.
 *
 * <p>Signed codes are symmetric around zero, and the token's largest magnitude gets the largest
 * code. Agile-Quant's rule for fixed ranges would put it halfway between two codes, and here, where
 * every token sets its own range, rounding noise would choose the code of every token's largest
 * activation. Unsigned codes span the token's range with zero in it: a zero point is clamped to the
 * codes, and a range on one side of zero would be cut off.
 *
 * @param exponents of each channel; empty if all are 0
 */
public record TokenwiseQuantizer(IntegerRange range, int[] exponents)
        implements ActivationQuantizer {

    public TokenwiseQuantizer {
        exponents = exponents.clone();
    }

    /** One step for all channels of a token. */
    public TokenwiseQuantizer(IntegerRange range) {
        this(range, new int[0]);
    }

    /** The exponents; a copy. */
    @Override
    public int[] exponents() {
        return exponents.clone();
    }

    /**
     * The quantizer of a token in channels of exponent 0.
     *
     * @param inverses what {@link #inverseFactors} gives
     */
    AffineQuantizer ofToken(Kernels kernels, float[] inverses, Matrix x, int token) {
        float[] extremes = new float[2];
        kernels.extremes(x.data(), x.offset(token), x.columns(), inverses, extremes);
        float low = extremes[0];
        float high = extremes[1];
        if (range.signed()) {
            float scale =
                    Math.max(
                            Math.max(-low, high) / range.maximum(), AffineQuantizer.SMALLEST_SCALE);
            return new AffineQuantizer(scale, 0, range);
        }
        return AffineQuantizer.fit(low, high, range);
    }

    /** {@code 2^-exponent} of each channel. */
    float[] inverseFactors(int channels) {
        float[] inverses = new float[channels];
        for (int c = 0; c < channels; c++) {
            inverses[c] = exponents.length == 0 ? 1 : Math.scalb(1f, -exponents[c]);
        }
        return inverses;
    }

    @Override
    public TokenSimulation simulation(Kernels kernels, int channels) {
        float[] inverses = inverseFactors(channels);
        return (x, token, y) -> {
            AffineQuantizer finest = ofToken(kernels, inverses, x, token);
            float[] steps = new float[channels];
            float[] zeros = new float[channels];
            for (int c = 0; c < channels; c++) {
                steps[c] = finest.scale() / inverses[c];
                zeros[c] = finest.zero();
            }
            new ChannelGrid(steps, zeros, range).simulate(kernels, x, token, y);
        };
    }

    @Override
    public float step(int channel) {
        return Float.NaN;
    }

    @Override
    public float level(int channel, int code) {
        return Float.NaN;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenwiseQuantizer tokenwise
                && range.equals(tokenwise.range)
                && Arrays.equals(exponents, tokenwise.exponents);
    }

    @Override
    public int hashCode() {
        return Objects.hash(range, Arrays.hashCode(exponents));
    }
}

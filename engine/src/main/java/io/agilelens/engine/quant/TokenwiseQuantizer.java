package io.agilelens.engine.quant;

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

    /** The quantizer of a token in channels of exponent 0. */
    public AffineQuantizer ofToken(Matrix x, int token) {
        float low = 0;
        float high = 0;
        int row = x.offset(token);
        for (int c = 0; c < x.columns(); c++) {
            float value = x.data()[row + c];
            if (exponents.length > 0) {
                value = Math.scalb(value, -exponents[c]);
            }
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        if (range.signed()) {
            float scale =
                    Math.max(
                            Math.max(-low, high) / range.maximum(), AffineQuantizer.SMALLEST_SCALE);
            return new AffineQuantizer(scale, 0, range);
        }
        return AffineQuantizer.fit(low, high, range);
    }

    @Override
    public Matrix simulate(Matrix x) {
        Matrix result = Matrix.zeros(x.rows(), x.columns());
        for (int t = 0; t < x.rows(); t++) {
            AffineQuantizer token = ofToken(x, t);
            int row = x.offset(t);
            for (int c = 0; c < x.columns(); c++) {
                AffineQuantizer quantizer =
                        exponents.length == 0 ? token : token.shifted(exponents[c]);
                result.data()[row + c] = quantizer.apply(x.data()[row + c]);
            }
        }
        return result;
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

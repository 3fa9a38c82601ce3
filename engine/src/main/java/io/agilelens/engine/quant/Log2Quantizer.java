package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PowersOfTwo;

/**
 * The Log2 quantizer for softmax outputs (METHOD §2.3): with {@code r = round(−log2 p)} the code is
 * {@code clamp(r, 0, 2^bits − 1)} and stands for {@code 2^−code}, but for 0 if {@code r ≥ 2^bits}.
 *
 * @param bits 2…8
 */
public record Log2Quantizer(int bits) implements SoftmaxQuantizer {

    public Log2Quantizer {
        if (bits < 2 || bits > 8) {
            throw new IllegalArgumentException("bits must lie in 2…8, not " + bits);
        }
    }

    /** The largest code. */
    public int largestCode() {
        return (1 << bits) - 1;
    }

    /**
     * {@code round(−log2 p)}.
     *
     * @param probability 0…1
     * @return {@link Integer#MAX_VALUE} for 0
     */
    public static int exponent(float probability) {
        return PowersOfTwo.exponent(probability);
    }

    /** The code; what is beyond the ladder has the largest one too, see {@link #isZero}. */
    public int encode(float probability) {
        return Math.clamp(exponent(probability), 0, largestCode());
    }

    /** Whether a probability is so small that it becomes 0. */
    public boolean isZero(float probability) {
        return exponent(probability) > largestCode();
    }

    @Override
    public float apply(float probability) {
        int exponent = exponent(probability);
        return exponent > largestCode() ? 0 : Math.scalb(1f, -Math.max(exponent, 0));
    }

    @Override
    public void apply(Kernels kernels, float[] probabilities, int offset, int count) {
        kernels.roundToPowersOfTwo(probabilities, offset, count, largestCode());
    }
}

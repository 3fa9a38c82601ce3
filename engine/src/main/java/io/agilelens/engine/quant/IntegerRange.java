package io.agilelens.engine.quant;

/**
 * The integers that a quantizer may use.
 *
 * @param bits 2…8
 * @param signed {@code −2^(bits−1) … 2^(bits−1)−1}, otherwise {@code 0 … 2^bits−1}
 */
public record IntegerRange(int bits, boolean signed) {

    public IntegerRange {
        if (bits < 2 || bits > 8) {
            throw new IllegalArgumentException("bits must lie in 2…8, not " + bits);
        }
    }

    public int minimum() {
        return signed ? -(1 << (bits - 1)) : 0;
    }

    public int maximum() {
        return signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
    }

    /** Number of steps, {@code 2^bits − 1}. */
    public int steps() {
        return (1 << bits) - 1;
    }

    public int clamp(float code) {
        return (int) Math.max(minimum(), Math.min(maximum(), code));
    }
}

package io.agilelens.engine.kernel;

/** Rounding to powers of two on a logarithmic scale. */
public final class PowersOfTwo {
    private static final long MANTISSA = (1L << 52) - 1;

    /** √2 is irrational, so a number's mantissa is never on the rounding boundary itself. */
    private static final long SQUARE_ROOT_OF_TWO = Double.doubleToLongBits(Math.sqrt(2)) & MANTISSA;

    private PowersOfTwo() {}

    /**
     * {@code round(−log2 x)}, read off exponent and mantissa.
     *
     * @param x at least 0
     * @return {@link Integer#MAX_VALUE} for 0
     */
    public static int exponent(float x) {
        if (x == 0) {
            return Integer.MAX_VALUE;
        }
        double wide = x;
        boolean upper = (Double.doubleToRawLongBits(wide) & MANTISSA) > SQUARE_ROOT_OF_TWO;
        return -Math.getExponent(wide) - (upper ? 1 : 0);
    }
}

package io.agilelens.engine.kernel;

/**
 * What several tokens' products with integer weights are computed in, and how many of them one
 * multiplication does. A number that holds the weights of several outputs as {@code w0 + F·w1 +
 * F²·w2}, times an activation, summed over a segment, holds the sums of all of them, as long as
 * each stays below {@code F / 2} and the whole below the precision of the number. This is the 4-bit
 * multiplier of Agile-Quant, which has two weights in one 16-bit integer, carried over to the
 * multiply-add of the vector units.
 *
 * <ul>
 *   <li>{@code SINGLE}: one weight in a float; sums up to 2^24.
 *   <li>{@code SHORT}: one weight in an integer of 16 bits, of which a vector has twice as many as
 *       floats; sums up to 2^15 − 1. To multiply and to add are two operations, but on many
 *       processors more units add integers than multiply.
 *   <li>{@code PAIR}: two weights in a float, F = 2^12; sums up to 2047.
 *   <li>{@code TRIPLE}: three weights in a double, F = 2^18; sums up to 2^17 − 1.
 * </ul>
 */
enum Multiplier {
    SINGLE(1 << 24),
    SHORT((1 << 15) - 1),
    PAIR((1 << 11) - 1),
    TRIPLE((1 << 17) - 1);

    /** What a sum may come to, either way. */
    final long largestSum;

    Multiplier(long largestSum) {
        this.largestSum = largestSum;
    }

    /**
     * What the magnitudes of the weights in a segment may add up to.
     *
     * @param activationBits of signed activations
     */
    long capacity(int activationBits) {
        return largestSum >> activationBits - 1;
    }
}

package io.agilelens.engine.kernel;

/**
 * Unpacking integer weights into panels of floats for {@link FloatProducts}, and what becomes of
 * the exact sums that come back. The floats hold integers below 2^24, so nothing is rounded before
 * the scale.
 *
 * <p><em>Paired</em> panels do two products in one multiplication, as the 4-bit multiplier of
 * Agile-Quant does: a float holds the weights of two outputs as {@code low + 4096 · high}. With
 * activations and weights in −8…7 a product lies in −56…64, so 32 of them span −1792…2048: fewer
 * than 4096 numbers, hence the two sums can be told apart; and 4096 · 2048 + 2048 is below 2^24.
 */
interface IntegerSums {

    /** Inputs whose paired products can be told apart. */
    int PAIRED_CAPACITY = 32;

    /** Inputs whose products of two bytes, −128 · 127 at the most, stay within 2^24. */
    int BYTE_CAPACITY = 1024;

    /** Bytes that may be read behind the last packed one. */
    int READ_AHEAD = 8;

    /** Widens {@code count} bytes; {@code count} is a multiple of the lanes. */
    void unpackBytes(byte[] packed, int offset, float[] panel, int count);

    /**
     * Makes {@code count} paired floats of as many bytes, each {@code (low + 8) | (high + 8) << 4}.
     */
    void unpackPairs(byte[] packed, int offset, float[] panel, int count);

    /** {@code sums[r, o] += scales[o] · parts[r, o]} over rows of {@code width}. */
    void addScaled(
            float[] parts, int rows, int width, float[] scales, int scalesOffset, float[] sums);

    /** {@code exact[r, o] += parts[r, o] << shift} over {@code count} elements. */
    void addExact(float[] parts, int count, int shift, int[] exact);

    /**
     * {@code sums[r, o] += scales[o] · exact[r, o]} over rows of {@code width}; exact becomes 0.
     */
    void addScaledExact(
            int[] exact, int rows, int width, float[] scales, int scalesOffset, float[] sums);

    /**
     * Splits paired sums {@code [rows, width / 2]} into {@code [rows, width]}: of every two vectors
     * the first takes the low, the second the high sums of one vector of pairs.
     */
    void split(float[] paired, int rows, int width, float[] parts);

    /** {@code parts[r, o] −= zeroPoints[o] · activationSums[r]} over rows of {@code width}. */
    void subtractZeroPoints(
            float[] parts,
            int rows,
            int width,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int[] activationSums,
            int activationSumsOffset);

    /** {@link #subtractZeroPoints} for integer sums. */
    void subtractZeroPointsExact(
            int[] exact,
            int rows,
            int width,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int[] activationSums,
            int activationSumsOffset);

    /** {@link #split} and {@link #addScaled} in one pass. */
    void addScaledSplit(
            float[] paired, int rows, int width, float[] scales, int scalesOffset, float[] sums);
}

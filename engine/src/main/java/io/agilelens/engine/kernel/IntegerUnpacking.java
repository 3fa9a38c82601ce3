package io.agilelens.engine.kernel;

/**
 * Unpacks integer weights into panels of floating-point numbers, one, two or three of them in a
 * number, see {@link Multiplier}.
 */
interface IntegerUnpacking {

    /**
     * Turns two vectors of unsigned bytes a step into floats: {@code (code − zero point) · factor ·
     * scale}.
     *
     * @param packed those of step i start at {@code offset + i * stride}
     * @param zeroPoints of the two vectors
     * @param scales of the two vectors
     * @param panel {@code [steps, 2 vectors]} from {@code panelOffset} on
     */
    void unpackBytes(
            byte[] packed,
            int offset,
            int stride,
            byte[] zeroPoints,
            int zeroPointsOffset,
            float[] scales,
            int scalesOffset,
            float factor,
            int steps,
            float[] panel,
            int panelOffset);

    /**
     * The same of two vectors of a panel's four-bit weights, the first two or the last two.
     * Four-bit codes and zero points lie as {@link ShortLaneProducts} has them.
     *
     * @param packed the panel's from {@code offset} on
     * @param input first of the steps
     * @param zeroPoints the panel's from {@code zeroPointsOffset} on
     * @param last which two
     * @param scales of the two vectors
     * @param panel {@code [steps, 2 vectors]} from {@code panelOffset} on
     */
    void unpackFours(
            byte[] packed,
            int offset,
            int input,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int group,
            boolean last,
            float[] scales,
            int scalesOffset,
            float factor,
            int steps,
            float[] panel,
            int panelOffset);

    /**
     * Makes pairs of all of a panel's four-bit weights, a vector of the first two vectors' and one
     * of the last two. Zero points are taken off.
     */
    void unpackPairs(
            byte[] packed,
            int offset,
            int input,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int group,
            int steps,
            float[] panel,
            int panelOffset);

    /**
     * Widens all of a panel's four-bit weights to integers of 16 bits, those of the first vector of
     * outputs beside those of the second, then those of the third beside those of the last. Zero
     * points are taken off.
     *
     * @param panel {@code [steps, 2 vectors]} from {@code panelOffset} on
     */
    void unpackShorts(
            byte[] packed,
            int offset,
            int input,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int group,
            int steps,
            short[] panel,
            int panelOffset);

    /**
     * Makes triples of the four-bit weights of three panels, of as many outputs as a vector has
     * doubles in each of two vectors of a panel. Zero points are taken off.
     *
     * @param packed those of the first panel from {@code offset} on
     * @param distance from one panel to the next
     * @param distanceOfZeroPoints from one panel's to the next one's
     * @param chunk which outputs: the lower or the upper half of the first two vectors or of the
     *     last two
     * @param panel {@code [steps, 2 vectors]} from {@code panelOffset} on
     */
    void unpackTriples(
            byte[] packed,
            int offset,
            int distance,
            int input,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int distanceOfZeroPoints,
            int group,
            int chunk,
            int steps,
            double[] panel,
            int panelOffset);

    /** Widens codes: {@code row[rowOffset + i] = x[offset + i] · factors[factorsOffset + i]}. */
    void widen(
            byte[] x,
            int offset,
            float[] factors,
            int factorsOffset,
            float[] row,
            int rowOffset,
            int count);
}

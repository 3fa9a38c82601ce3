package io.agilelens.engine.kernel;

/**
 * Unpacks integer weights into panels of floating-point numbers, one, two or three of them in a
 * number, see {@link Multiplier}.
 */
interface IntegerUnpacking {

    /**
     * Widens two vectors of unsigned bytes a step and takes the zero points off.
     *
     * @param packed those of step i start at {@code offset + i * stride}
     * @param zeroPoints of the two vectors
     * @param panel {@code [steps, 2 vectors]} from {@code panelOffset} on
     */
    void unpackBytes(
            byte[] packed,
            int offset,
            int stride,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int steps,
            float[] panel,
            int panelOffset);

    /**
     * The same for one vector of bytes a step with two four-bit weights each, those of the low
     * halves first.
     */
    void unpackHalves(
            byte[] packed,
            int offset,
            int stride,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int steps,
            float[] panel,
            int panelOffset);

    /**
     * The same for adjacent pairs of weights and zero points, {@code (low + 8) | (high + 8) << 4}
     * each.
     */
    void unpackPairs(
            byte[] packed,
            int offset,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int steps,
            float[] panel,
            int panelOffset);

    /**
     * Makes triples of the bytes of three panels, as many bytes of each in a step as a vector has
     * doubles: a vector of the low halves, then one of the high halves. Zero points are taken off.
     *
     * @param first where the bytes of the first panel start; {@code stride} lie between two steps
     * @param distance from one panel to the next
     * @param firstZeroPoint where the zero points of the first panel start
     * @param distanceOfZeroPoints from one panel to the next
     * @param panel {@code [steps, 2 vectors]} from {@code panelOffset} on
     */
    void unpackTriples(
            byte[] packed,
            int first,
            int distance,
            int stride,
            byte[] zeroPoints,
            int firstZeroPoint,
            int distanceOfZeroPoints,
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

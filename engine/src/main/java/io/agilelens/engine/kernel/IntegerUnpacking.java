package io.agilelens.engine.kernel;

/**
 * Unpacks integer weights into panels of floating-point numbers, one, two or three of them in a
 * number, see {@link Multiplier}.
 */
interface IntegerUnpacking {

    /** Bytes that may be read behind the last packed one. */
    int READ_AHEAD = 8;

    /** Widens {@code count} bytes; {@code count} is a multiple of the lanes. */
    void unpackBytes(byte[] packed, int offset, float[] panel, int count);

    /** Makes {@code count} pairs of as many bytes, each {@code (low + 8) | (high + 8) << 4}. */
    void unpackPairs(byte[] packed, int offset, float[] panel, int count);

    /**
     * Makes triples of the bytes of three panels, as many bytes of each in a step as a vector has
     * doubles: a vector of the low halves, then one of the high halves.
     *
     * @param first where the bytes of the first panel start; {@code stride} lie between two steps
     * @param distance from one panel to the next
     * @param panel {@code [steps, 2 vectors]}
     */
    void unpackTriples(
            byte[] packed, int first, int distance, int stride, int steps, double[] panel);

    /** Widens codes: {@code row[rowOffset + i] = x[offset + i] · factors[i]}. */
    void widen(byte[] x, int offset, float[] factors, float[] row, int rowOffset, int count);

    /** {@code Σ x[i]} over {@code from ≤ i < to}. */
    float sum(float[] x, int from, int to);
}

package io.agilelens.engine.kernel;

/**
 * The innermost loops of products of floats with grouped codes. A <em>panel</em> holds four vectors
 * of outputs. Its groups follow each other in one stream of bytes; a group is the codes {@code
 * [input][output]}, then the zero points of its outputs as if they were one more input, then their
 * scales, 16 bits each, the low byte first. Behind the last group stand the units that the scales
 * of each output count in, floats, the low byte first: from an array of their own they would come
 * late, for nothing fetches ahead what is read once a panel.
 *
 * <p>Eight-bit codes take a byte each. Of four-bit codes a byte holds two outputs a vector apart,
 * the first in the low half. One conversion then serves two outputs: a byte is {@code low + 16 ·
 * high}, so its sum less the low half's is 16 times the high half's, and what is rounded off the
 * low half weighs a sixteenth.
 */
interface WeightOnlyProducts {

    /** Vectors of outputs in a panel. */
    int VECTORS = 4;

    /** Outputs in a panel. */
    int panelOutputs();

    /**
     * All groups of a panel of four-bit codes: {@code sums[o] = Σ scale[group, o] · (Σ x · code −
     * zero[group, o] · Σ x)}, with 16 times that in the second and fourth vector.
     *
     * @param offset of the panel's first code
     * @param panelBytes from there to the next panel, which the far form touches
     * @param groupStarts first input of each group and, last, the number of inputs
     * @param totals {@code Σ x} over each group
     * @param sums {@code [panelOutputs]}
     * @return anything: whoever keeps it keeps the reading ahead from being optimised away
     */
    int multiplyPairs(
            byte[] stream,
            int offset,
            int panelBytes,
            float[] x,
            int[] groupStarts,
            float[] totals,
            float[] sums);

    /**
     * The same with eight-bit codes, and without the factor of 16.
     *
     * @param offset as for {@link #multiplyPairs}
     * @return as {@link #multiplyPairs}
     */
    int multiplyBytes(
            byte[] stream,
            int offset,
            int panelBytes,
            float[] x,
            int[] groupStarts,
            float[] totals,
            float[] sums);

    /**
     * Turns the sums of a panel into numbers: times the units and, of four-bit codes, those of the
     * second and fourth vector by 16.
     *
     * @param bits of a code, 4 or 8
     * @param unitsOffset of the panel's units
     * @param sums {@code [panelOutputs]}
     */
    void toNumbers(int bits, byte[] stream, int unitsOffset, float[] sums);

    /**
     * A panel of eight-bit integers: {@code sums[o] = Σ scale[group, o] · 2^shift · (Σ x · code −
     * zero[group, o] · Σ x)}, the outer sum over the segments, the inner ones over the inputs of
     * each.
     *
     * @param codes of the panel, from {@code offset} on
     * @param panelBytes from there to the next panel, which the far form touches
     * @param totals {@code Σ x} over each segment
     * @param zeroPoints {@code [groups, outputs]} of the panel, from {@code zeroPointsOffset} on
     * @param scales as the zero points, from {@code scalesOffset} on
     * @param sums {@code [panelOutputs]}
     * @return as {@link #multiplyPairs}
     */
    int multiplyIntegers(
            byte[] codes,
            int offset,
            int panelBytes,
            float[] x,
            Segments segments,
            float[] totals,
            byte[] zeroPoints,
            int zeroPointsOffset,
            float[] scales,
            int scalesOffset,
            float[] sums);

    /**
     * Turns one vector of a panel's outputs into floats: {@code target[i · stride + o] = (code[i,
     * o] − zero[o]) · scale[o] · unit[o]}.
     *
     * @param offset of the group's first code to be turned
     * @param zeroOffset of the group's zero points
     * @param vector which of the panel's vectors
     * @param unitsOffset of the panel's units
     */
    void unpack(
            int bits,
            byte[] stream,
            int offset,
            int zeroOffset,
            int steps,
            int vector,
            int unitsOffset,
            float[] target,
            int targetOffset,
            int stride);
}

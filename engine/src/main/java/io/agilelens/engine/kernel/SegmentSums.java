package io.agilelens.engine.kernel;

/**
 * What becomes of the exact sums of a segment: those of several outputs in one number are told
 * apart, scaled and added up, see {@link Multiplier}.
 */
interface SegmentSums {

    /**
     * {@code target[r, o] = sums[r, o] + scales[o] · parts[0, r, o] + nextScales[o] · parts[1, r,
     * o]} for sums of pairs, those of two segments at once, for sums are read and written as long
     * as they are told apart.
     *
     * @param parts {@code [2, tile rows, 2 vectors of pairs]} from {@code partsOffset} on
     * @param rows of the tile that matter
     * @param scalesOffset of four vectors of outputs: low and high halves of the first vector of
     *     pairs, then those of the second
     * @param nextScalesOffset those of the second segment
     * @param sums {@code [rows, 4 vectors]} from {@code sumsOffset} on
     * @param target row r starts at {@code targetOffset + r * targetStride}; may be the sums
     */
    void addPairs(
            float[] parts,
            int partsOffset,
            int rows,
            float[] scales,
            int scalesOffset,
            int nextScalesOffset,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride);

    /**
     * {@code target[r, o] = source[r, o] + Σ scales[scalesAt[u] + o] · parts[u, r, o]} for sums
     * that are integers of 16 bits, those of two units at once.
     *
     * @param parts {@code [units, tile rows, 2 vectors]}, each integer of 32 bits holding a sum of
     *     one vector of floats in its low half and one of the next in its high half
     * @param rows of the tile that matter
     * @param scales {@code [4 vectors]} from where each unit's start
     * @param scalesAt where they start; of an odd number of units one more, where there are zeros
     * @param source {@code [rows, 4 vectors]} from {@code sourceOffset} on; may be the sums
     * @param sums what two units after the other are added up in, laid out alike
     * @param target row r starts at {@code targetOffset + r * targetStride}; may be the sums
     */
    void addShorts(
            short[] parts,
            int units,
            int rows,
            float[] scales,
            int[] scalesAt,
            float[] source,
            int sourceOffset,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride);

    /**
     * {@code sums[r, o] = source[r, o] + Σ scales[s, o] · parts[s, r, o]} for sums of triples, of
     * one segment or of two at once.
     *
     * @param parts {@code [segments, tile rows, 2 vectors of triples]} from {@code partsOffset} on
     * @param rows of the tile that matter
     * @param scales {@code [segments, 6 vectors]} from {@code scalesOffset} on, laid out as a row
     *     of the sums
     * @param source laid out as the sums, from {@code sourceOffset} on; may be the sums
     * @param sums {@code [rows, 6 vectors]} from {@code sumsOffset} on: low halves of the three
     *     panels, then the high ones
     */
    void addTriples(
            double[] parts,
            int partsOffset,
            int rows,
            int segments,
            double[] scales,
            int scalesOffset,
            double[] source,
            int sourceOffset,
            double[] sums,
            int sumsOffset);

    /**
     * Narrows sums of triples into {@code target}, row by row.
     *
     * @param sums as those of {@link #addTriples}
     * @param target row r starts at {@code targetOffset + r * targetStride} with the low half of
     *     the first panel
     * @param toHigh from there to the panel's high half
     * @param toNextPanel from there to the next panel
     */
    void storeTriples(
            double[] sums,
            int sumsOffset,
            int rows,
            float[] target,
            int targetOffset,
            int targetStride,
            int toHigh,
            int toNextPanel);

    /** Floats that the squares of a tile's rows take. */
    int squaresLength(int rows);

    /**
     * {@code squares[t] = Σ x[i, t]²} over {@code steps} inputs of a tile.
     *
     * @param tile {@code [steps, rows]} from {@code tileOffset} on
     * @param rows of a tile of pairs or of one of integers of 16 bits
     * @param squares {@link #squaresLength} from {@code squaresOffset} on
     */
    void sumSquares(
            float[] tile, int tileOffset, int steps, int rows, float[] squares, int squaresOffset);

    /**
     * {@code squares[target + t] = factor · squares[first + t] + secondFactor · squares[second +
     * t]} for the rows of a tile.
     *
     * @param length {@link #squaresLength} of the tile
     * @return the largest of them
     */
    float joinSquares(
            float[] squares,
            int length,
            int first,
            float factor,
            int second,
            float secondFactor,
            int target);
}

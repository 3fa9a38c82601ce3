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
     * @param parts {@code [2, tile rows, 2 vectors of pairs]}
     * @param rows of the tile that matter
     * @param scalesOffset of four vectors of outputs: low and high halves of the first vector of
     *     pairs, then those of the second
     * @param nextScalesOffset those of the second segment
     * @param sums {@code [rows, 4 vectors]} from {@code sumsOffset} on
     * @param target row r starts at {@code targetOffset + r * targetStride}; may be the sums
     */
    void addPairs(
            float[] parts,
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
     * {@code sums[r, o] += factor · scales[o] · parts[r, o]} for sums of triples.
     *
     * @param parts {@code [rows, 2 vectors of triples]}
     * @param scalesOffset where the scales of the first panel's low halves start
     * @param toHigh from there to those of its high halves
     * @param toNextPanel from there to those of the next panel
     * @param sums {@code [rows, 6 vectors]}: low halves of the three panels, then the high ones
     */
    void addTriples(
            double[] parts,
            int rows,
            float[] scales,
            int scalesOffset,
            int toHigh,
            int toNextPanel,
            double factor,
            double[] sums,
            int sumsOffset);

    /** Floats that the squares of a tile's rows take. */
    int squaresLength();

    /**
     * {@code squares[t] = Σ x[i, t]²} over {@code steps} inputs of a tile.
     *
     * @param tile {@code [steps, FloatProducts.tileTokens()]} from {@code tileOffset} on
     * @param squares {@link #squaresLength()} from {@code squaresOffset} on
     */
    void sumSquares(float[] tile, int tileOffset, int steps, float[] squares, int squaresOffset);

    /**
     * {@code squares[target + t] = factor · squares[first + t] + secondFactor · squares[second +
     * t]} for the rows of a tile.
     *
     * @return the largest of them
     */
    float joinSquares(
            float[] squares, int first, float factor, int second, float secondFactor, int target);
}

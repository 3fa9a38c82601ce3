package io.agilelens.engine.kernel;

/**
 * What {@link SegmentTiles} does, for triples of weights in doubles, see {@link Multiplier}. Panels
 * and tiles are laid out as those of {@link DoubleProducts}.
 */
interface TripleTiles {

    /**
     * {@code sums[t, o] += Σ_s scales[group_s, o] · 2^shift_s · Σ_{i∈s} x[i, t] · w[i, o]}.
     *
     * @param panel {@code [inputs, 2 vectors]}: triples of the low halves of three panels' bytes,
     *     then those of the high halves
     * @param tile {@code [inputs, rows]}, starting at {@code tileOffset}
     * @param tokens how many rows of the tile matter; the others' sums may be left alone
     * @param scalesOffset where the scales of the first panel's low halves start
     * @param scalesStride from there to those of the next group
     * @param toHigh from there to those of its high halves
     * @param toNextPanel from there to those of the next panel
     * @param sums {@code [rows, 6 vectors]}: low halves of the three panels, then the high ones
     */
    void multiply(
            double[] panel,
            double[] tile,
            int tileOffset,
            int tokens,
            Segments segments,
            float[] scales,
            int scalesOffset,
            int scalesStride,
            int toHigh,
            int toNextPanel,
            double[] sums);
}

package io.agilelens.engine.kernel;

/**
 * The innermost loops of integer products in floats: a tile of activations times a panel of
 * weights, the exact sums of each segment scaled and added up. Panels and tiles are laid out as
 * those of {@link FloatProducts}.
 */
interface SegmentTiles {

    /**
     * {@code sums[t, o] += Σ_s scales[group_s, o] · 2^shift_s · Σ_{i∈s} x[i, t] · w[i, o]}.
     *
     * @param panel {@code [inputs, 2 vectors]} of weights, or of pairs of weights, see {@link
     *     Multiplier}
     * @param tile {@code [inputs, rows]}, starting at {@code tileOffset}
     * @param tokens how many rows of the tile matter; the others' sums may be left alone
     * @param scales {@code [groups, outputs]} from {@code scalesOffset} on
     * @param sums {@code [rows, 2 vectors]}; of pairs {@code [2, rows, 2 vectors]}: the sums of the
     *     first vector of pairs, low and high halves, then those of the second
     */
    void multiply(
            float[] panel,
            float[] tile,
            int tileOffset,
            int tokens,
            Segments segments,
            float[] scales,
            int scalesOffset,
            float[] sums);
}

package io.agilelens.engine.kernel;

/**
 * The innermost loops of products in double precision. Panels and tiles are laid out as those of
 * {@link FloatProducts}.
 */
interface DoubleProducts {

    /** Outputs in a panel: two vectors. */
    int panelOutputs();

    /** Rows that are computed together, as for {@link FloatProducts#tileTokens()}. */
    int tileTokens();

    /** As {@link FloatTiles#pack}, in double precision. */
    void packTile(
            float[] x,
            int offset,
            int stride,
            int tokens,
            int steps,
            double[] tile,
            int tileOffset);

    /**
     * {@code sums[t, o] = Σ x[i, t] · w[i, o]} over {@code steps} inputs.
     *
     * @param tokens how many rows of the tile matter; up to 6 are computed if these suffice, else
     *     all
     * @param sums {@code [tileTokens, panelOutputs]}
     */
    void multiplyTile(
            double[] panel,
            int panelOffset,
            double[] tile,
            int tileOffset,
            int tokens,
            int steps,
            double[] sums,
            int sumsOffset);

    /** {@code target[at + o] −= sums[from + o]} for the outputs of one panel. */
    void subtract(double[] sums, int from, double[] target, int at);
}

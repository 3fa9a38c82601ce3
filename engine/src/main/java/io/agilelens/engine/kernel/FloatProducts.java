package io.agilelens.engine.kernel;

/**
 * The innermost loops of the float products. A <em>panel</em> holds the weights of {@link
 * #panelOutputs()} outputs as {@code [input][output]}; a <em>tile</em> holds {@link #tileTokens()}
 * rows of activations as {@code [input][token]}, missing rows being zero.
 */
interface FloatProducts {

    /** Outputs in a panel: two vectors. */
    int panelOutputs();

    /**
     * Rows that are computed together: with two vectors of outputs each they leave just enough
     * registers for the operands, so 12 where a processor has 32 registers, else 6.
     */
    int tileTokens();

    /**
     * Packs the weights of one panel.
     *
     * @param x the weights of output o start at {@code offset + o * stride}
     * @param outputs how many there are; up to {@link #panelOutputs()} zeros follow
     * @param panel {@code [steps, panelOutputs]}
     */
    void packPanel(float[] x, int offset, int stride, int outputs, int steps, float[] panel);

    /**
     * Packs rows into a tile.
     *
     * @param x row t starts at {@code offset + t * stride}
     * @param tokens how many there are; up to {@link #tileTokens()} zeros follow
     * @param tile {@code [steps, tileTokens]}
     */
    void packTile(
            float[] x, int offset, int stride, int tokens, int steps, float[] tile, int tileOffset);

    /**
     * {@code sums[t, o] = Σ x[i, t] · w[i, o]} over {@code steps} inputs.
     *
     * @param add whether the sums are added to what is there
     * @param tokens how many rows of the tile matter; up to 6 are computed if these suffice, else
     *     all
     * @param sums row t starts at {@code sumsOffset + t * sumsStride}
     */
    void multiplyTile(
            float[] panel,
            int panelOffset,
            float[] tile,
            int tileOffset,
            int tokens,
            int steps,
            boolean add,
            float[] sums,
            int sumsOffset,
            int sumsStride);

    /**
     * {@code sums[o] += Σ x[i] · w[i, o]} over {@code steps} inputs.
     *
     * @param sums {@code [panelOutputs]}
     */
    void multiplyVector(
            float[] panel, int panelOffset, float[] x, int xOffset, int steps, float[] sums);
}

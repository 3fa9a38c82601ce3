package io.agilelens.engine.kernel;

/**
 * The innermost loops of the float products. A <em>panel</em> holds the weights of {@link
 * #panelOutputs()} outputs as {@code [input][output]}; a <em>tile</em> holds {@link #TILE_TOKENS}
 * rows of activations as {@code [input][token]}, missing rows being zero.
 */
interface FloatProducts {

    /** Rows that are computed together: with two vectors of outputs they fill 12 registers. */
    int TILE_TOKENS = 6;

    /** Outputs in a panel: two vectors. */
    int panelOutputs();

    /**
     * Packs the weights of one panel.
     *
     * @param x the weights of output o start at {@code offset + o * stride}
     * @param outputs how many there are; up to {@link #panelOutputs()} zeros follow
     * @param panel {@code [steps, panelOutputs]}
     */
    void packPanel(float[] x, int offset, int stride, int outputs, int steps, float[] panel);

    /**
     * {@code sums[t, o] = Σ x[i, t] · w[i, o]} over {@code steps} inputs.
     *
     * @param sums {@code [TILE_TOKENS, panelOutputs]}
     */
    void multiplyTile(
            float[] panel, int panelOffset, float[] tile, int tileOffset, int steps, float[] sums);

    /**
     * {@code sums[o] += Σ x[i] · w[i, o]} over {@code steps} inputs.
     *
     * @param sums {@code [panelOutputs]}
     */
    void multiplyVector(
            float[] panel, int panelOffset, float[] x, int xOffset, int steps, float[] sums);
}

package io.agilelens.engine.kernel;

/**
 * The innermost loops of the 16-bit product: double precision holds its sums exactly, since 2^31
 * products of at most 2^22 are needed to reach 2^53. Panels and tiles are those of {@link
 * FloatProducts} with half as many outputs.
 */
interface DoubleProducts {

    /** Outputs in a panel: two vectors. */
    int panelOutputs();

    /**
     * {@code sums[t, o] = Σ x[i, t] · w[i, o]} over {@code steps} inputs.
     *
     * @param sums {@code [TILE_TOKENS, panelOutputs]}
     */
    void multiplyTile(
            double[] panel,
            int panelOffset,
            double[] tile,
            int tileOffset,
            int steps,
            double[] sums);

    /**
     * {@code sums[o] += Σ x[i] · w[i, o]} over {@code steps} inputs.
     *
     * @param sums {@code [panelOutputs]}
     */
    void multiplyVector(
            double[] panel, int panelOffset, double[] x, int xOffset, int steps, double[] sums);

    /** {@code target[at + o] −= sums[from + o]} for the outputs of one panel. */
    void subtract(double[] sums, int from, double[] target, int at);
}

package io.agilelens.engine.kernel;

/**
 * The innermost loops of the float products. A <em>panel</em> holds the weights of {@link
 * #panelOutputs()} outputs as {@code [input][output]}; a <em>tile</em> holds {@link #tileTokens()}
 * rows of activations as {@code [input][token]}, missing rows being zero.
 */
interface FloatProducts {

    /**
     * Loops that do the same.
     *
     * @param compact form for targets whose rows lie as close together as those of the sums, which
     *     spares a tile a hundred instructions on addresses and their checks
     */
    record Forms(FloatProducts usual, FloatProducts compact) {

        static Forms of(int bits) {
            return new Forms(
                    WidthTemplate.instantiate(
                            FloatProducts.class, FloatProductsTemplate.class, bits),
                    WidthTemplate.instantiateCompact(
                            FloatProducts.class, FloatProductsTemplate.class, bits));
        }
    }

    /** Outputs in a panel: two vectors. */
    int panelOutputs();

    /**
     * Rows that are computed together: with two vectors of outputs each they leave just enough
     * registers for the operands, so 12 where a processor has 32 registers, else 6.
     */
    int tileTokens();

    /**
     * {@code target[t, o] = Σ x[i, t] · w[i, o]} over {@code steps} inputs, and {@code sums[t, o]}
     * more if it is to be added.
     *
     * @param tokens how many rows of the tile matter; up to 6 are computed if these suffice, else
     *     all
     * @param sums {@code [tileTokens, panelOutputs]} from {@code sumsOffset} on
     * @param target row t starts at {@code targetOffset + t * targetStride}; may be the sums
     * @param targetStride of the compact form {@link #panelOutputs}
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
            float[] target,
            int targetOffset,
            int targetStride);

    /** Rows of a tile that {@link #multiplyTile} computes where so many of them matter. */
    default int rowsComputed(int tokens) {
        return tokens > 6 ? tileTokens() : 6;
    }

    /**
     * {@code sums[o] += Σ x[i] · w[i, o]} over {@code steps} inputs.
     *
     * @param sums {@code [panelOutputs]}
     */
    void multiplyVector(
            float[] panel, int panelOffset, float[] x, int xOffset, int steps, float[] sums);
}

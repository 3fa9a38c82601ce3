package io.agilelens.engine.kernel;

/**
 * The innermost loops of products of integers of 16 bits. Panels and tiles are laid out as those of
 * {@link FloatProducts}.
 */
interface ShortProducts {

    /** Outputs in a panel: two vectors. */
    int panelOutputs();

    /**
     * Rows that are computed together: 8 where a processor has 32 registers, else 6. More would
     * leave registers enough, but are more operations than the compiler inlines into a loop.
     */
    int tileTokens();

    /** Integers of a packed tile, taken modulo 2^16: {@code target[to + i] = tile[i]}. */
    void narrow(float[] tile, int count, short[] target, int to);

    /**
     * {@code sums[u, t, o] = Σ x[i, t] · w[i, o]} modulo 2^16 over the steps {@code starts[u] ≤ i <
     * starts[u + 1]} of each unit u.
     *
     * @param panel {@code [steps, panelOutputs]} from {@code panelOffset} on
     * @param tile {@code [steps, tileTokens]} from {@code tileOffset} on
     * @param tokens how many rows of the tile matter; up to 6 are computed if these suffice, else
     *     all
     * @param sums {@code [units, tileTokens, panelOutputs]}
     */
    void multiplyTile(
            short[] panel,
            int panelOffset,
            short[] tile,
            int tileOffset,
            int tokens,
            int[] starts,
            int units,
            short[] sums);

    /** Rows of a tile that {@link #multiplyTile} computes where so many of them matter. */
    default int rowsComputed(int tokens) {
        return tokens > 6 ? tileTokens() : 6;
    }
}

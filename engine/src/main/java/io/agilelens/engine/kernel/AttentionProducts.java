package io.agilelens.engine.kernel;

/**
 * The innermost loops of attention over blocks of queries. A <em>panel</em> holds {@link
 * #panelWidth()} columns of a matrix as {@code [step][column]}.
 */
interface AttentionProducts {

    /**
     * Rows that are computed together: with two vectors of columns they fill 12 registers, with
     * four 24.
     */
    int TILE_ROWS = 6;

    /** Columns in a panel: two vectors. */
    int panelWidth();

    /**
     * Panels that can be multiplied at once, for which each number of a row is asked for once: two
     * where a processor has registers for their sums, else one.
     */
    int panelsAtOnce();

    /**
     * {@code y[t, c] = factor · Σ_i x[t, i] · panel[i, c]}, one sum in the order of the steps.
     *
     * @param x row t starts at {@code xOffset + t * xStride}
     * @param rows 1…{@link #TILE_ROWS}
     * @param panels of them, 1…{@link #panelsAtOnce()}
     * @param weights the first panel starts at {@code weightsOffset}, the next {@code distance}
     *     behind it
     * @param y row t starts at {@code yOffset + t * yStride}; the width of all panels is written
     */
    void multiplyTile(
            float[] x,
            int xOffset,
            int xStride,
            int rows,
            int panels,
            float[] weights,
            int weightsOffset,
            int distance,
            int steps,
            float factor,
            float[] y,
            int yOffset,
            int yStride);

    /** {@code y[c] += Σ_i x[i] · panel[i, c]}: what goes on with one row of a tile. */
    void addRow(
            float[] x,
            int xOffset,
            float[] panel,
            int panelOffset,
            int steps,
            float[] y,
            int yOffset);
}

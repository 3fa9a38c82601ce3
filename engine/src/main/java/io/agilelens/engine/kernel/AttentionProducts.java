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
     * {@code y[t, c] = factor · Σ_i x[t, i] · panel[i, c]}, one sum in the order of the steps.
     *
     * @param x row t starts at {@code xOffset + t * xStride}
     * @param rows 1…{@link #TILE_ROWS}
     * @param y row t starts at {@code yOffset + t * yStride}; a panel's width is written
     */
    void multiplyTile(
            float[] x,
            int xOffset,
            int xStride,
            int rows,
            float[] panel,
            int panelOffset,
            int steps,
            float factor,
            float[] y,
            int yOffset,
            int yStride);

    /** Whether a processor has registers for the sums of two panels. */
    boolean takesTwoPanels();

    /**
     * The same with two panels at once, which asks for each number of a row once for both.
     *
     * @param distance from a panel to the next
     * @param y as above, of two panels' widths
     */
    void multiplyTwoPanels(
            float[] x,
            int xOffset,
            int xStride,
            int rows,
            float[] panels,
            int panelOffset,
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

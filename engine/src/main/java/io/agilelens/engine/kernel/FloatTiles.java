package io.agilelens.engine.kernel;

/** Packs rows of floats into tiles, see {@link FloatProducts}. */
final class FloatTiles {

    private FloatTiles() {}

    /**
     * Packs rows into a tile.
     *
     * @param x row t starts at {@code offset + t * stride}
     * @param tokens how many there are; zeros follow
     * @param rows of the tile
     * @param tile {@code [steps, rows]} from {@code tileOffset} on
     */
    static void pack(
            float[] x,
            int offset,
            int stride,
            int tokens,
            int steps,
            int rows,
            float[] tile,
            int tileOffset) {
        int t = 0;
        if (tokens == 12) {
            packTwelve(x, offset, stride, steps, rows, tile, tileOffset);
            t = 12;
        } else if (tokens >= 8) {
            packEight(x, offset, stride, steps, rows, tile, tileOffset);
            t = 8;
        } else if (tokens >= 6) {
            packSix(x, offset, stride, steps, rows, tile, tileOffset);
            t = 6;
        }
        for (; t < rows; t++) {
            for (int i = 0; i < steps; i++) {
                tile[tileOffset + i * rows + t] = t < tokens ? x[offset + t * stride + i] : 0;
            }
        }
    }

    private static void packSix(
            float[] x, int row, int stride, int steps, int rows, float[] tile, int start) {
        int row1 = row + stride;
        int row2 = row + 2 * stride;
        int row3 = row + 3 * stride;
        int row4 = row + 4 * stride;
        int row5 = row + 5 * stride;
        for (int i = 0; i < steps; i++) {
            int at = start + i * rows;
            tile[at] = x[row + i];
            tile[at + 1] = x[row1 + i];
            tile[at + 2] = x[row2 + i];
            tile[at + 3] = x[row3 + i];
            tile[at + 4] = x[row4 + i];
            tile[at + 5] = x[row5 + i];
        }
    }

    private static void packEight(
            float[] x, int row, int stride, int steps, int rows, float[] tile, int start) {
        int row1 = row + stride;
        int row2 = row + 2 * stride;
        int row3 = row + 3 * stride;
        int row4 = row + 4 * stride;
        int row5 = row + 5 * stride;
        int row6 = row + 6 * stride;
        int row7 = row + 7 * stride;
        for (int i = 0; i < steps; i++) {
            int at = start + i * rows;
            tile[at] = x[row + i];
            tile[at + 1] = x[row1 + i];
            tile[at + 2] = x[row2 + i];
            tile[at + 3] = x[row3 + i];
            tile[at + 4] = x[row4 + i];
            tile[at + 5] = x[row5 + i];
            tile[at + 6] = x[row6 + i];
            tile[at + 7] = x[row7 + i];
        }
    }

    private static void packTwelve(
            float[] x, int row, int stride, int steps, int rows, float[] tile, int start) {
        int row1 = row + stride;
        int row2 = row + 2 * stride;
        int row3 = row + 3 * stride;
        int row4 = row + 4 * stride;
        int row5 = row + 5 * stride;
        int row6 = row + 6 * stride;
        int row7 = row + 7 * stride;
        int row8 = row + 8 * stride;
        int row9 = row + 9 * stride;
        int row10 = row + 10 * stride;
        int row11 = row + 11 * stride;
        for (int i = 0; i < steps; i++) {
            int at = start + i * rows;
            tile[at] = x[row + i];
            tile[at + 1] = x[row1 + i];
            tile[at + 2] = x[row2 + i];
            tile[at + 3] = x[row3 + i];
            tile[at + 4] = x[row4 + i];
            tile[at + 5] = x[row5 + i];
            tile[at + 6] = x[row6 + i];
            tile[at + 7] = x[row7 + i];
            tile[at + 8] = x[row8 + i];
            tile[at + 9] = x[row9 + i];
            tile[at + 10] = x[row10 + i];
            tile[at + 11] = x[row11 + i];
        }
    }
}

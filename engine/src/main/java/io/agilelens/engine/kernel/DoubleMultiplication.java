package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Products of matrices in double precision: the right factor in panels, the left one in tiles, a
 * slice of the shared dimension at a time so that a panel stays in the first cache, and a block of
 * tiles in the second.
 */
final class DoubleMultiplication {
    /** Steps of the shared dimension that are worked on at once. */
    private static final int SLICE = 256;

    /** Tiles that are worked on with one panel after the other, so that the cache holds them. */
    private static final int BLOCK = 32;

    private final DoubleProducts products;
    private final int width;
    private final int tileRows;
    private final Workers workers;

    DoubleMultiplication(DoubleProducts products, Workers workers) {
        this.products = products;
        this.width = products.panelOutputs();
        this.tileRows = products.tileTokens();
        this.workers = workers;
    }

    /** {@code c −= a · b}. */
    void subtract(DoubleView a, DoubleView b, DoubleView c) {
        for (int first = 0; first < a.columns(); first += SLICE) {
            int end = Math.min(a.columns(), first + SLICE);
            subtractSlice(a.part(0, a.rows(), first, end), b.part(first, end, 0, b.columns()), c);
        }
    }

    private void subtractSlice(DoubleView a, DoubleView b, DoubleView c) {
        int depth = a.columns();
        double[] tiled =
                Scratch.ofThread()
                        .wideActivations(
                                (long) Panels.tiles(a.rows(), tileRows) * tileRows * depth);
        workers.forRanges(
                Panels.tiles(a.rows(), tileRows),
                Workers.grain((long) tileRows * depth),
                (from, to) -> {
                    for (int tile = from; tile < to; tile++) {
                        fillTile(a, tile, tiled);
                    }
                });
        int panels = Panels.count(c.columns(), width);
        double[] packed = Scratch.ofThread().widePanel((long) panels * width * depth);
        workers.forRanges(
                panels,
                Workers.grain((long) depth * width),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        pack(b, panel, packed);
                    }
                });
        int blockRows = BLOCK * tileRows;
        int blocks = (c.rows() + blockRows - 1) / blockRows;
        workers.forRanges(
                blocks * panels,
                Panels.grain(Math.min(blockRows, c.rows()), depth, width),
                (from, to) -> {
                    for (int piece = from; piece < to; piece++) {
                        int row = piece / panels * blockRows;
                        int end = Math.min(c.rows(), row + blockRows);
                        subtractPanel(tiled, row, end, depth, packed, piece % panels, c);
                    }
                });
    }

    private void fillTile(DoubleView a, int tile, double[] tiled) {
        int depth = a.columns();
        int start = tile * tileRows * depth;
        int first = tile * tileRows;
        int rows = Math.min(tileRows, a.rows() - first);
        if (rows < tileRows) {
            Arrays.fill(tiled, start, start + tileRows * depth, 0);
        }
        if (a.isTransposed()) {
            for (int k = 0; k < depth; k++) {
                int at = a.index(k) + first;
                System.arraycopy(a.array(k), at, tiled, start + k * tileRows, rows);
            }
            return;
        }
        for (int r = 0; r < rows; r++) {
            double[] row = a.array(first + r);
            int at = a.index(first + r);
            for (int k = 0; k < depth; k++) {
                tiled[start + k * tileRows + r] = row[at + k];
            }
        }
    }

    private void subtractPanel(
            double[] tiled,
            int firstRow,
            int endRow,
            int depth,
            double[] packed,
            int panel,
            DoubleView c) {
        int first = panel * width;
        int count = Math.min(width, c.columns() - first);
        double[] sums = Scratch.ofThread().wideSums(tileRows * width);
        for (int row = firstRow; row < endRow; row += tileRows) {
            int end = Math.min(endRow, row + tileRows);
            products.multiplyTile(
                    packed, first * depth, tiled, row * depth, end - row, depth, sums, 0);
            for (int r = row; r < end; r++) {
                subtract(sums, (r - row) * width, c, r, first, count);
            }
        }
    }

    private void pack(DoubleView b, int panel, double[] packed) {
        int depth = b.rows();
        int first = panel * width;
        int count = Math.min(width, b.columns() - first);
        int start = first * depth;
        if (count < width) {
            Arrays.fill(packed, start, start + depth * width, 0);
        }
        if (b.isTransposed()) {
            for (int j = 0; j < count; j++) {
                double[] column = b.array(first + j);
                int at = b.index(first + j);
                for (int k = 0; k < depth; k++) {
                    packed[start + k * width + j] = column[at + k];
                }
            }
            return;
        }
        for (int k = 0; k < depth; k++) {
            System.arraycopy(b.array(k), b.index(k) + first, packed, start + k * width, count);
        }
    }

    private void subtract(double[] sums, int from, DoubleView c, int row, int first, int count) {
        if (c.isTransposed()) {
            for (int j = 0; j < count; j++) {
                c.array(first + j)[c.index(first + j) + row] -= sums[from + j];
            }
            return;
        }
        double[] data = c.array(row);
        int at = c.index(row) + first;
        if (count == width) {
            products.subtract(sums, from, data, at);
            return;
        }
        for (int j = 0; j < count; j++) {
            data[at + j] -= sums[from + j];
        }
    }
}

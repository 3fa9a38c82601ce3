package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Products of matrices in double precision: the right factor in panels, the left one in tiles, a
 * slice of the shared dimension at a time so that a panel stays in the first cache.
 */
final class DoubleMultiplication {
    /** Steps of the shared dimension that are worked on at once. */
    private static final int SLICE = 256;

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
                1 + (1 << 14) / depth,
                (from, to) -> {
                    for (int tile = from; tile < to; tile++) {
                        fillTile(a, tile, tiled);
                    }
                });
        workers.forRanges(
                Panels.count(c.columns(), width),
                Panels.grain(a.rows(), depth, width),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        subtractPanel(tiled, depth, b, panel, c);
                    }
                });
    }

    private void fillTile(DoubleView a, int tile, double[] tiled) {
        int depth = a.columns();
        int start = tile * tileRows * depth;
        int rows = Math.min(tileRows, a.rows() - tile * tileRows);
        if (rows < tileRows) {
            Arrays.fill(tiled, start, start + tileRows * depth, 0);
        }
        for (int r = 0; r < rows; r++) {
            int at = a.index(tile * tileRows + r, 0);
            for (int k = 0; k < depth; k++) {
                tiled[start + k * tileRows + r] = a.data()[at + k * a.columnStride()];
            }
        }
    }

    private void subtractPanel(double[] tiled, int depth, DoubleView b, int panel, DoubleView c) {
        Scratch scratch = Scratch.ofThread();
        double[] packed = scratch.widePanel((long) depth * width);
        int first = panel * width;
        int count = Math.min(width, c.columns() - first);
        pack(b, first, count, packed);
        double[] sums = scratch.wideSums(tileRows * width);
        for (int row = 0; row < c.rows(); row += tileRows) {
            int end = Math.min(c.rows(), row + tileRows);
            products.multiplyTile(packed, 0, tiled, row * depth, end - row, depth, sums, 0);
            for (int r = row; r < end; r++) {
                subtract(sums, (r - row) * width, c, r, first, count);
            }
        }
    }

    private void pack(DoubleView b, int first, int count, double[] packed) {
        int depth = b.rows();
        if (count < width) {
            Arrays.fill(packed, 0, depth * width, 0);
        }
        if (b.columnStride() == 1) {
            for (int k = 0; k < depth; k++) {
                System.arraycopy(b.data(), b.index(k, first), packed, k * width, count);
            }
            return;
        }
        for (int j = 0; j < count; j++) {
            int at = b.index(0, first + j);
            for (int k = 0; k < depth; k++) {
                packed[k * width + j] = b.data()[at + k * b.rowStride()];
            }
        }
    }

    private void subtract(double[] sums, int from, DoubleView c, int row, int first, int count) {
        double[] data = c.data();
        int at = c.index(row, first);
        int step = c.columnStride();
        if (step == 1 && count == width) {
            products.subtract(sums, from, data, at);
            return;
        }
        for (int j = 0; j < count; j++) {
            data[at + j * step] -= sums[from + j];
        }
    }
}

package io.agilelens.engine.kernel;

/** Turns codes of activations into tiles of numbers that integer weights are multiplied by. */
final class IntegerTiles {

    /** Packs rows as floats or doubles. */
    @FunctionalInterface
    interface TilePacking {

        /**
         * @param x {@code [tokens, inputs]}
         * @param tokens of the tile
         * @param tileOffset where it starts among the tiles
         */
        void pack(float[] x, int tokens, int tileOffset);
    }

    private final IntegerUnpacking unpacking;
    private final int rows;
    private final Workers workers;

    /**
     * @param rows of a tile
     */
    IntegerTiles(IntegerUnpacking unpacking, int rows, Workers workers) {
        this.unpacking = unpacking;
        this.rows = rows;
        this.workers = workers;
    }

    /**
     * Turns activations into tiles of shifted numbers.
     *
     * @param sums for the sums of each group {@code [tiles, groups, rows]}, or null if not wanted
     */
    void fill(byte[] x, int tokens, IntegerPanels weights, float[] sums, TilePacking packing) {
        int inputs = weights.inputs();
        float[] factors = weights.segments().inputFactors();
        workers.forRanges(
                Panels.tiles(tokens, rows),
                1 + (1 << 14) / inputs,
                (from, to) -> {
                    float[] widened = Scratch.ofThread().rows((long) rows * inputs);
                    for (int tile = from; tile < to; tile++) {
                        int first = tile * rows;
                        int count = Math.min(rows, tokens - first);
                        for (int t = 0; t < count; t++) {
                            int row = t * inputs;
                            unpacking.widen(x, (first + t) * inputs, factors, widened, row, inputs);
                            if (sums != null) {
                                int at = first * weights.groups() + t;
                                sumGroups(widened, row, weights, sums, at);
                            }
                        }
                        packing.pack(widened, count, first * inputs);
                    }
                });
    }

    private void sumGroups(float[] widened, int row, IntegerPanels weights, float[] sums, int at) {
        Segments segments = weights.segments();
        for (int g = 0; g < weights.groups(); g++) {
            sums[at + g * rows] = 0;
        }
        for (int s = 0; s < segments.count(); s++) {
            float sum =
                    unpacking.sum(
                            widened, row + segments.starts()[s], row + segments.starts()[s + 1]);
            sums[at + segments.groups()[s] * rows] += sum * (1 << segments.shifts()[s]);
        }
    }
}

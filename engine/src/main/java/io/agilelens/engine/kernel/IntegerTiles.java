package io.agilelens.engine.kernel;

/** Turns codes of activations into tiles of numbers that integer weights are multiplied by. */
final class IntegerTiles {

    /** Packs rows as floats or doubles. */
    @FunctionalInterface
    interface TilePacking {

        /**
         * @param rows of the slice; row t starts at {@code t * stride}
         * @param tokens of the tile
         * @param tileOffset where it starts among the tiles
         */
        void pack(float[] rows, int stride, int steps, int tokens, int tileOffset);
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
     * Turns activations into tiles of shifted numbers, slice by slice as {@link Panels#tile}.
     *
     * @param slice most inputs of a slice, which consists of segments
     */
    void fill(byte[] x, int tokens, IntegerPanels weights, int slice, TilePacking packing) {
        int inputs = weights.inputs();
        int padded = Panels.padded(tokens, rows);
        workers.forEach(
                Panels.tiles(tokens, rows),
                1 + (1 << 14) / inputs,
                tile -> {
                    int token = tile * rows;
                    int count = Math.min(rows, tokens - token);
                    fillTile(x, token, count, padded, weights, slice, packing);
                });
    }

    private void fillTile(
            byte[] x,
            int token,
            int count,
            int padded,
            IntegerPanels weights,
            int slice,
            TilePacking packing) {
        int inputs = weights.inputs();
        int stride = slice + Panels.ROW_SPACING;
        float[] near = Scratch.ofThread().rows(rows * stride);
        Segments segments = weights.segments();
        float[] factors = segments.inputFactors();
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, slice);
            int start = segments.starts()[first];
            int steps = segments.starts()[end] - start;
            for (int t = 0; t < count; t++) {
                int from = (token + t) * inputs + start;
                unpacking.widen(x, from, factors, start, near, t * stride, steps);
            }
            packing.pack(near, stride, steps, count, start * padded + token * steps);
        }
    }
}

package io.agilelens.engine.kernel;

/** Turns codes of activations into tiles of numbers that integer weights are multiplied by. */
final class IntegerTiles {

    /** Packs rows as floats or doubles into the tiles of some operands. */
    @FunctionalInterface
    interface TilePacking {

        /**
         * @param rows of the slice; row t starts at {@code t * stride}
         * @param first segment of the slice
         * @param end segment behind it
         * @param token first of the tile
         * @param tokens of the tile
         * @param tileOffset where it starts among the tiles
         */
        void pack(
                Operands operands,
                float[] rows,
                int stride,
                int first,
                int end,
                int token,
                int tokens,
                int tileOffset);
    }

    private final IntegerUnpacking unpacking;
    private final int rows;
    private final Workers workers;
    private final Workers.PieceOf<Operands> filling = this::fillTiles;

    /**
     * @param rows of a tile
     */
    IntegerTiles(IntegerUnpacking unpacking, int rows, Workers workers) {
        this.unpacking = unpacking;
        this.rows = rows;
        this.workers = workers;
    }

    /**
     * Turns codes of activations into tiles of shifted numbers, slice by slice as {@link
     * FloatMultiplication} has them.
     *
     * @param operands has the codes, the tokens and the integer weights
     * @param slice most inputs of a slice, which consists of segments
     */
    void fill(Operands operands, int slice, TilePacking packing) {
        operands.slice = slice;
        operands.packing = packing;
        Panels.forTiles(operands, rows, workers, filling);
    }

    private void fillTiles(Operands operands, int fromTile, int toTile) {
        for (int tile = fromTile; tile < toTile; tile++) {
            fillTile(operands, tile * rows);
        }
    }

    private void fillTile(Operands operands, int token) {
        IntegerPanels weights = operands.integers;
        int count = Math.min(rows, operands.tokens - token);
        int padded = Panels.padded(operands.tokens, rows);
        int inputs = weights.inputs();
        int stride = operands.slice + Panels.ROW_SPACING;
        float[] near = Scratch.ofThread().rows(rows * stride);
        Segments segments = weights.segments();
        float[] factors = segments.inputFactors();
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, operands.slice);
            int start = segments.starts()[first];
            int steps = segments.starts()[end] - start;
            for (int t = 0; t < count; t++) {
                int from = (token + t) * inputs + start;
                unpacking.widen(operands.codes, from, factors, start, near, t * stride, steps);
            }
            int to = start * padded + token * steps;
            operands.packing.pack(operands, near, stride, first, end, token, count, to);
        }
    }
}

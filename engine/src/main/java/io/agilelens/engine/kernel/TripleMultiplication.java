package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Four-bit weights times 8-bit codes, three weights in a double, see {@link Multiplier}. The
 * weights of a triple are those of the same place in three panels, so that weights are packed as
 * for pairs.
 */
final class TripleMultiplication {

    /** Panels whose outputs share the numbers of a triple. */
    static final int PANELS = 3;

    /**
     * Inputs that are multiplied at once: their slice of a panel stays in the first cache while all
     * tiles pass.
     */
    static final int SLICE = 128;

    /** Chunks that are multiplied together, see {@link Panels#forBlocks}. */
    private static final int CHUNKS = 2;

    private final DoubleProducts doubles;
    private final IntegerUnpacking unpacking;
    private final IntegerTiles tiles;
    private final SegmentSums segmentSums;
    private final Workers workers;
    private final int rows;
    private final IntegerTiles.TilePacking tilePacking = this::packTile;
    private final Panels.BlockBody blocks = this::multiplyBlock;

    TripleMultiplication(
            DoubleProducts doubles,
            IntegerUnpacking unpacking,
            SegmentSums segmentSums,
            Workers workers) {
        this.doubles = doubles;
        this.unpacking = unpacking;
        this.segmentSums = segmentSums;
        this.workers = workers;
        rows = doubles.tileTokens();
        tiles = new IntegerTiles(unpacking, rows, workers);
    }

    void multiply(byte[] x, int tokens, IntegerPanels weights, float[] y) {
        int inputs = weights.inputs();
        int chunks = chunks(weights);
        Scratch scratch = Scratch.ofThread();
        Operands operands = scratch.operands().ofProduct(x, tokens, weights, y);
        try {
            operands.wide = scratch.wideActivations((long) Panels.padded(tokens, rows) * inputs);
            tiles.fill(operands, SLICE, tilePacking);
            Panels.forBlocks(
                    operands,
                    Math.ceilDiv(weights.outputs(), PANELS * weights.width()) * chunks,
                    CHUNKS,
                    rows,
                    (long) inputs * PANELS * weights.width() / chunks,
                    workers,
                    blocks);
        } finally {
            scratch.giveBack(operands);
        }
    }

    private void packTile(
            Operands operands,
            float[] near,
            int stride,
            int first,
            int end,
            int token,
            int tokens,
            int to) {
        int steps = operands.integers.segments().inputs(first, end);
        doubles.packTile(near, 0, stride, tokens, steps, operands.wide, to);
    }

    /** Chunks that three panels have in each step. */
    private int chunks(IntegerPanels weights) {
        return weights.bytesPerInput() / (doubles.panelOutputs() / 2);
    }

    /**
     * A chunk are the outputs of three panels that one call unpacks, see {@link IntegerUnpacking}.
     */
    private void multiplyBlock(Operands operands, int firstChunk, int endChunk, int from, int to) {
        IntegerPanels weights = operands.integers;
        double[] tiled = operands.wide;
        int chunks = chunks(weights);
        int padded = Panels.padded(operands.tokens, rows);
        int lanes = doubles.panelOutputs() / 2;
        int length = Panels.padded(to - from, rows) * 6 * lanes;
        double[] sums = Scratch.ofThread().wideSums((endChunk - firstChunk) * length);
        Arrays.fill(sums, 0, (endChunk - firstChunk) * length, 0);
        Segments segments = weights.segments();
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, SLICE);
            int start = segments.starts()[first];
            int steps = segments.starts()[end] - start;
            int tile = start * padded + from * steps;
            for (int chunk = firstChunk; chunk < endChunk; chunk++) {
                int panel = chunk / chunks * PANELS;
                double[] unpacked = unpack(weights, panel, chunk % chunks, first, end);
                int output = outputOf(weights, chunk % chunks);
                for (int token = 0; token < to - from; token += rows) {
                    operands.cancellation.check();
                    addSegments(
                            tiled,
                            tile + token * steps,
                            Math.min(rows, to - from - token),
                            weights,
                            panel,
                            output,
                            first,
                            end,
                            unpacked,
                            sums,
                            (chunk - firstChunk) * length + token * 6 * lanes);
                }
            }
        }
        for (int chunk = firstChunk; chunk < endChunk; chunk++) {
            int panel = chunk / chunks * PANELS;
            int output = outputOf(weights, chunk % chunks);
            for (int part = 0; part < 6; part++) {
                Panels.store(
                        sums,
                        (chunk - firstChunk) * length + part * lanes,
                        6 * lanes,
                        lanes,
                        operands.y,
                        from,
                        to,
                        weights.outputs(),
                        (panel + part % 3) * weights.width()
                                + output
                                + part / 3 * (weights.width() / 4));
            }
        }
    }

    /**
     * @return {@code [steps, 2 vectors]}: the weights of some segments
     */
    private double[] unpack(IntegerPanels weights, int panel, int chunk, int first, int end) {
        int lanes = doubles.panelOutputs() / 2;
        Segments segments = weights.segments();
        int start = segments.starts()[first];
        int steps = segments.starts()[end] - start;
        double[] unpacked = Scratch.ofThread().widePanel((long) steps * 2 * lanes);
        for (int s = first; s < end; s++) {
            unpacking.unpackTriples(
                    weights.codes(),
                    weights.fours(panel, 0, weights.inputs()),
                    weights.fours(1, 0, weights.inputs()),
                    segments.starts()[s],
                    weights.zeroPoints(),
                    weights.fours(panel, 0, weights.groups()),
                    weights.fours(1, 0, weights.groups()),
                    segments.groups()[s],
                    chunk,
                    segments.length(s),
                    unpacked,
                    (segments.starts()[s] - start) * 2 * lanes);
        }
        return unpacked;
    }

    /**
     * The first output of a chunk within its panel: half a vector of floats, and of another one
     * behind it.
     */
    private int outputOf(IntegerPanels weights, int chunk) {
        int lanes = doubles.panelOutputs() / 2;
        int floats = weights.width() / 4;
        return chunk * lanes / floats * 2 * floats + chunk * lanes % floats;
    }

    private void addSegments(
            double[] tiled,
            int tile,
            int tokens,
            IntegerPanels weights,
            int panel,
            int firstOutput,
            int first,
            int end,
            double[] unpacked,
            double[] sums,
            int sumsOffset) {
        int width = doubles.panelOutputs();
        double[] parts = Scratch.ofThread().wideParts(rows * width);
        int groups = weights.groups();
        Segments segments = weights.segments();
        int computed = tokens > 6 ? rows : 6;
        for (int s = first; s < end; s++) {
            int step = segments.starts()[s] - segments.starts()[first];
            int steps = segments.length(s);
            doubles.multiplyTile(
                    unpacked, step * width, tiled, tile + step * rows, tokens, steps, parts, 0);
            segmentSums.addTriples(
                    parts,
                    computed,
                    weights.scales(),
                    (panel * groups + segments.groups()[s]) * weights.width() + firstOutput,
                    weights.width() / 4,
                    groups * weights.width(),
                    1 << segments.shifts()[s],
                    sums,
                    sumsOffset);
        }
    }
}

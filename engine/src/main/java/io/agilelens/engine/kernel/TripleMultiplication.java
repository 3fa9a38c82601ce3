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
    private static final int SLICE = 128;

    private final DoubleProducts doubles;
    private final IntegerUnpacking unpacking;
    private final IntegerTiles tiles;
    private final SegmentSums segmentSums;
    private final Workers workers;
    private final int rows;

    TripleMultiplication(
            DoubleProducts doubles,
            IntegerUnpacking unpacking,
            IntegerTiles tiles,
            SegmentSums segmentSums,
            Workers workers) {
        this.doubles = doubles;
        this.unpacking = unpacking;
        this.tiles = tiles;
        this.segmentSums = segmentSums;
        this.workers = workers;
        rows = doubles.tileTokens();
    }

    /**
     * @param sums for those of the activations, see {@link IntegerTiles}; or null
     */
    void multiply(byte[] x, int tokens, IntegerPanels weights, float[] sums, float[] y) {
        int inputs = weights.inputs();
        int chunks = weights.codesPerInput() / (doubles.panelOutputs() / 2);
        long length = (long) Panels.tiles(tokens, rows) * rows * inputs;
        double[] tiled = Scratch.ofThread().wideActivations(length);
        tiles.fill(
                x,
                tokens,
                weights,
                sums,
                (row, count, at) -> doubles.packTile(row, 0, inputs, count, inputs, tiled, at));
        Panels.forBlocks(
                Math.ceilDiv(weights.outputs(), PANELS * weights.width()) * chunks,
                tokens,
                rows,
                (long) inputs * PANELS * weights.width() / chunks,
                workers,
                (chunk, from, to) -> {
                    int panel = chunk / chunks * PANELS;
                    multiplyChunk(tiled, from, to, weights, panel, chunk % chunks, y);
                });
    }

    /**
     * Multiplies the outputs of three panels whose weights lie in a vector's worth of bytes.
     *
     * @param chunk which of the vectors that a panel has in each step
     */
    private void multiplyChunk(
            double[] tiled,
            int firstToken,
            int endToken,
            IntegerPanels weights,
            int panel,
            int chunk,
            float[] y) {
        int inputs = weights.inputs();
        int bytes = weights.codesPerInput();
        int lanes = doubles.panelOutputs() / 2;
        Scratch scratch = Scratch.ofThread();
        int length = Panels.tiles(endToken - firstToken, rows) * rows * 6 * lanes;
        double[] sums = scratch.wideSums(length);
        Arrays.fill(sums, 0, length, 0);
        // Of every two vectors of floats the first is the low, the second the high half of bytes.
        int floats = weights.width() / 4;
        int output = chunk * lanes / floats * 2 * floats + chunk * lanes % floats;
        Segments segments = weights.segments();
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, SLICE);
            int start = segments.starts()[first];
            int steps = segments.starts()[end] - start;
            double[] unpacked = scratch.widePanel((long) steps * 2 * lanes);
            unpacking.unpackTriples(
                    weights.codes(),
                    (panel * inputs + start) * bytes + chunk * lanes,
                    inputs * bytes,
                    bytes,
                    steps,
                    unpacked);
            for (int token = firstToken; token < endToken; token += rows) {
                int real = Math.min(rows, endToken - token);
                int sum = (token - firstToken) * 6 * lanes;
                addSegments(
                        tiled, token, real, weights, panel, output, first, end, unpacked, sums,
                        sum);
            }
        }
        for (int part = 0; part < 6; part++) {
            int at = (panel + part % 3) * weights.width() + output + part / 3 * floats;
            Panels.store(
                    sums,
                    part * lanes,
                    6 * lanes,
                    lanes,
                    y,
                    firstToken,
                    endToken,
                    weights.outputs(),
                    at);
        }
    }

    private void addSegments(
            double[] tiled,
            int token,
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
            int start = segments.starts()[s];
            int step = start - segments.starts()[first];
            int steps = segments.length(s);
            int x = token * weights.inputs() + start * rows;
            doubles.multiplyTile(unpacked, step * width, tiled, x, tokens, steps, parts, 0);
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

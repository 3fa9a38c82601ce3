package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Products of several tokens with four-bit weights, two outputs in a float, see {@link
 * Multiplier#PAIR}. They are multiplied segment by segment in exact arithmetic, told apart and
 * scaled at the end of each segment.
 */
final class PairMultiplication {

    /**
     * Inputs that are multiplied at once: their slice of a panel stays in the first cache while all
     * tiles pass.
     */
    static final int SLICE = 192;

    /** Outputs of panels that are multiplied together, see {@link Panels#forBlocks}. */
    private static final int SUMS_TOGETHER = 128;

    private final FloatProducts products;
    private final IntegerUnpacking unpacking;
    private final SegmentSums segmentSums;
    private final SegmentJoining joining;
    private final IntegerTiles tiles;
    private final Workers workers;

    private final IntegerTiles.TilePacking tilePacking = this::packTile;
    private final Panels.BlockBody blocks = this::multiplyBlock;

    /** Of a tile. */
    private final int rows;

    PairMultiplication(
            FloatProducts products,
            IntegerUnpacking unpacking,
            IntegerTiles tiles,
            SegmentSums segmentSums,
            Workers workers) {
        this.products = products;
        this.unpacking = unpacking;
        this.tiles = tiles;
        this.segmentSums = segmentSums;
        this.workers = workers;
        rows = products.tileTokens();
        joining = new SegmentJoining(segmentSums, rows);
    }

    void multiply(byte[] x, int tokens, IntegerPanels weights, float[] y) {
        int inputs = weights.inputs();
        Scratch scratch = Scratch.ofThread();
        Operands operands = scratch.operands().ofProduct(x, tokens, weights, y);
        try {
            operands.prepared = scratch.activations((long) Panels.padded(tokens, rows) * inputs);
            operands.unitEnds =
                    scratch.unitEnds(
                            (long) Panels.tiles(tokens, rows) * weights.segments().count());
            tiles.fill(operands, SLICE, tilePacking);
            int width = weights.width();
            Panels.forBlocks(
                    operands,
                    Panels.count(weights.outputs(), width),
                    SUMS_TOGETHER / width,
                    rows,
                    (long) inputs * width,
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
        Segments segments = operands.integers.segments();
        int steps = segments.inputs(first, end);
        products.packTile(near, 0, stride, tokens, steps, operands.prepared, to);
        int ends = token / rows * segments.count();
        joining.join(segments, first, end, operands.prepared, to, operands.unitEnds, ends);
    }

    private void multiplyBlock(Operands operands, int firstPanel, int endPanel, int from, int to) {
        IntegerPanels weights = operands.integers;
        int padded = Panels.padded(operands.tokens, rows);
        int width = weights.width();
        int length = Panels.padded(to - from, rows) * width;
        Segments segments = weights.segments();
        Scratch scratch = Scratch.ofThread();
        float[] sums = scratch.sums((endPanel - firstPanel) * length);
        Arrays.fill(sums, 0, (endPanel - firstPanel) * length, 0);
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, SLICE);
            int start = segments.starts()[first];
            int steps = segments.inputs(first, end);
            int tile = start * padded + from * steps;
            for (int panel = firstPanel; panel < endPanel; panel++) {
                float[] unpacked = unpack(weights, panel, first, end);
                float[] scales = scaleSegments(weights, panel, first, end);
                int sum = (panel - firstPanel) * length;
                for (int token = from; token < to; token += rows) {
                    operands.cancellation.check();
                    addSegments(
                            unpacked,
                            scales,
                            operands,
                            tile + (token - from) * steps,
                            first,
                            end,
                            sums,
                            sum + (token - from) * width,
                            token,
                            Math.min(rows, to - token),
                            panel * width);
                }
            }
        }
    }

    /**
     * @return {@code [steps, 2 vectors]}: the weights of some segments in pairs
     */
    private float[] unpack(IntegerPanels weights, int panel, int first, int end) {
        int width = products.panelOutputs();
        Segments segments = weights.segments();
        int start = segments.starts()[first];
        float[] unpacked = Scratch.ofThread().panel((segments.starts()[end] - start) * width);
        for (int s = first; s < end; s++) {
            unpacking.unpackPairs(
                    weights.codes(),
                    weights.fours(panel, 0, weights.inputs()),
                    segments.starts()[s],
                    weights.zeroPoints(),
                    weights.fours(panel, 0, weights.groups()),
                    segments.groups()[s],
                    segments.length(s),
                    unpacked,
                    (segments.starts()[s] - start) * width);
        }
        return unpacked;
    }

    /** Scales of the sums of some segments, {@code [segments, width of a panel]}. */
    private float[] scaleSegments(IntegerPanels weights, int panel, int first, int end) {
        int width = weights.width();
        Segments segments = weights.segments();
        float[] scales = Scratch.ofThread().scales((end - first) * width);
        for (int s = first; s < end; s++) {
            float factor = 1 << segments.shifts()[s];
            int from = weights.scale(panel, segments.groups()[s]);
            int to = (s - first) * width;
            for (int o = 0; o < width; o++) {
                scales[to + o] = weights.scales()[from + o] * factor;
            }
        }
        return scales;
    }

    /**
     * Adds to the sums of a tile what some segments give; behind the last one of all the results go
     * where they belong.
     *
     * @param token first of the tile
     * @param tokens of the tile
     */
    private void addSegments(
            float[] unpacked,
            float[] scales,
            Operands operands,
            int tile,
            int first,
            int end,
            float[] sums,
            int sumsOffset,
            int token,
            int tokens,
            int firstOutput) {
        IntegerPanels weights = operands.integers;
        float[] tiled = operands.prepared;
        float[] y = operands.y;
        int width = weights.width();
        int outputs = weights.outputs();
        Segments segments = weights.segments();
        boolean last = end == segments.count();
        boolean direct =
                last && firstOutput + width <= outputs && products.rowsComputed(tokens) == tokens;
        float[] target = direct ? y : sums;
        int targetOffset = direct ? token * outputs + firstOutput : sumsOffset;
        int targetStride = direct ? outputs : width;
        addPairs(
                unpacked,
                scales,
                tiled,
                tile,
                tokens,
                segments,
                first,
                end,
                operands.unitEnds,
                token / rows * segments.count(),
                sums,
                sumsOffset,
                target,
                targetOffset,
                targetStride);
        if (last && !direct) {
            Panels.store(sums, sumsOffset, width, y, token, token + tokens, outputs, firstOutput);
        }
    }

    private void addPairs(
            float[] unpacked,
            float[] scales,
            float[] tiled,
            int tile,
            int tokens,
            Segments segments,
            int first,
            int end,
            int[] unitEnds,
            int unitsOffset,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride) {
        int width = products.panelOutputs();
        int length = rows * width;
        float[] parts = Scratch.ofThread().parts(2 * length);
        int computed = products.rowsComputed(tokens);
        int endOfNext;
        for (int s = first; s < end; s = endOfNext) {
            int next = unitEnds[unitsOffset + s];
            endOfNext = next < end ? unitEnds[unitsOffset + next] : end;
            multiplyUnit(unpacked, tiled, tile, tokens, segments, first, s, next, parts, 0);
            int scale = (segments.lowest(s, next) - first) * 2 * width;
            int nextScale = scale;
            if (next < endOfNext) {
                multiplyUnit(
                        unpacked, tiled, tile, tokens, segments, first, next, endOfNext, parts,
                        length);
                nextScale = (segments.lowest(next, endOfNext) - first) * 2 * width;
            } else { // a loop of its own for one would be compiled late, so rare it is
                Arrays.fill(parts, length, 2 * length, 0);
            }
            segmentSums.addPairs(
                    parts,
                    computed,
                    scales,
                    scale,
                    nextScale,
                    sums,
                    sumsOffset,
                    endOfNext == end ? target : sums,
                    endOfNext == end ? targetOffset : sumsOffset,
                    endOfNext == end ? targetStride : 2 * width);
        }
    }

    /**
     * The pairs' sums of neighbouring segments.
     *
     * @param tile of the slice that begins with segment {@code first}
     * @param parts {@code [tile rows, panelOutputs]} from {@code partsOffset} on
     */
    private void multiplyUnit(
            float[] unpacked,
            float[] tiled,
            int tile,
            int tokens,
            Segments segments,
            int first,
            int from,
            int to,
            float[] parts,
            int partsOffset) {
        int width = products.panelOutputs();
        int step = segments.inputs(first, from);
        products.multiplyTile(
                unpacked,
                step * width,
                tiled,
                tile + step * rows,
                tokens,
                segments.inputs(from, to),
                false,
                parts,
                partsOffset,
                parts,
                partsOffset,
                width);
    }
}

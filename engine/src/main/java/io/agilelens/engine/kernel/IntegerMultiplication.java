package io.agilelens.engine.kernel;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Linear layers with 8-bit and 4-bit weights and integer activations. A panel's weights are
 * unpacked to floating-point numbers, one, two or three outputs in each, multiplied segment by
 * segment in exact arithmetic, and scaled at the end of each segment.
 */
final class IntegerMultiplication {

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
    private final IntegerPacking packing;
    private final IntegerTiles tiles;
    private final TripleMultiplication triples;
    private final ByteVectorMultiplication byteVectors;
    private final ShortLaneMultiplication shortLanes;
    private final Workers workers;

    private final IntegerTiles.TilePacking tilePacking = this::packTile;
    private final Panels.BlockBody blocks = this::multiplyBlock;

    /** Of a tile. */
    private final int rows;

    IntegerMultiplication(
            int bits,
            FloatProducts products,
            DoubleProducts doubles,
            WeightOnlyProducts codes,
            Supplier<KernelTuning> tuning,
            Workers workers) {
        this.products = products;
        this.workers = workers;
        rows = products.tileTokens();
        unpacking =
                WidthTemplate.instantiate(
                        IntegerUnpacking.class, IntegerUnpackingTemplate.class, bits);
        segmentSums = WidthTemplate.instantiate(SegmentSums.class, SegmentSumsTemplate.class, bits);
        joining = new SegmentJoining(segmentSums, rows);
        packing = new IntegerPacking(products.panelOutputs(), tuning, workers);
        tiles = new IntegerTiles(unpacking, rows, workers);
        byteVectors = new ByteVectorMultiplication(codes, unpacking, workers);
        shortLanes =
                new ShortLaneMultiplication(
                        WidthTemplate.instantiate(
                                ShortLaneProducts.class, ShortLaneProductsTemplate.class, bits),
                        workers);
        triples = new TripleMultiplication(doubles, unpacking, tiles, segmentSums, workers);
    }

    record Int8(IntegerPanels panels) implements Int8Weights {
        @Override
        public int outputs() {
            return panels.outputs();
        }

        @Override
        public int inputs() {
            return panels.inputs();
        }

        @Override
        public long bytes() {
            return panels.bytes();
        }
    }

    record Int4(IntegerPanels panels) implements Int4Weights {
        @Override
        public int outputs() {
            return panels.outputs();
        }

        @Override
        public int inputs() {
            return panels.inputs();
        }

        @Override
        public long bytes() {
            return panels.bytes();
        }
    }

    Int8 packInt8(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts) {
        return new Int8(
                packing.int8(
                        values,
                        outputs,
                        inputs,
                        scales,
                        zeroPoints,
                        runStarts,
                        runGroups,
                        runShifts));
    }

    Int4 packInt4(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts,
            int activationBits) {
        return new Int4(
                packing.int4(
                        values,
                        outputs,
                        inputs,
                        scales,
                        zeroPoints,
                        runStarts,
                        runGroups,
                        runShifts,
                        activationBits));
    }

    void multiply(byte[] x, int tokens, IntegerPanels weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), 2 * products.panelOutputs());
        if (tokens == 1) {
            if (weights.bits() == 4) {
                shortLanes.multiply(x, weights, y);
            } else {
                byteVectors.multiply(x, weights, y);
            }
            return;
        }
        switch (weights.multiplier()) {
            case SINGLE, PAIR -> multiplyFloats(x, tokens, weights, y);
            case TRIPLE -> triples.multiply(x, tokens, weights, y);
        }
    }

    private void multiplyFloats(byte[] x, int tokens, IntegerPanels weights, float[] y) {
        int inputs = weights.inputs();
        Scratch scratch = Scratch.ofThread();
        Operands operands = scratch.operands().ofProduct(x, tokens, weights, y);
        try {
            operands.prepared = scratch.activations((long) Panels.padded(tokens, rows) * inputs);
            if (weights.multiplier() == Multiplier.PAIR) {
                operands.unitEnds =
                        scratch.unitEnds(
                                (long) Panels.tiles(tokens, rows) * weights.segments().count());
            }
            tiles.fill(operands, SLICE, tilePacking);
            int width = outputsAtOnce(weights);
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
        if (operands.unitEnds != null) {
            int ends = token / rows * segments.count();
            joining.join(segments, first, end, operands.prepared, to, operands.unitEnds, ends);
        }
    }

    /** Outputs of one tile: those of a panel in pairs, or half of them one by one. */
    private int outputsAtOnce(IntegerPanels weights) {
        return weights.multiplier() == Multiplier.PAIR ? weights.width() : products.panelOutputs();
    }

    private void multiplyBlock(Operands operands, int firstPanel, int endPanel, int from, int to) {
        IntegerPanels weights = operands.integers;
        int padded = Panels.padded(operands.tokens, rows);
        int width = outputsAtOnce(weights);
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
                int firstOutput = panel * width;
                float[] unpacked = unpack(weights, firstOutput, first, end);
                float[] scales = scaleSegments(weights, firstOutput, first, end);
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
                            firstOutput);
                }
            }
        }
    }

    /**
     * @return {@code [steps, panelOutputs]}: the weights of some segments
     */
    private float[] unpack(IntegerPanels weights, int firstOutput, int first, int end) {
        int width = products.panelOutputs();
        int panel = firstOutput / weights.width();
        int column = firstOutput % weights.width();
        Segments segments = weights.segments();
        int start = segments.starts()[first];
        float[] unpacked = Scratch.ofThread().panel((segments.starts()[end] - start) * width);
        for (int s = first; s < end; s++) {
            int input = segments.starts()[s];
            int group = segments.groups()[s];
            int to = (input - start) * width;
            int steps = segments.length(s);
            byte[] codes = weights.codes();
            byte[] zeros = weights.zeroPoints();
            if (weights.bits() == 8) {
                int from = weights.code(panel, input) + column;
                int zero = weights.zeroPoint(panel, group) + column;
                int stride = weights.bytesPerInput();
                unpacking.unpackBytes(codes, from, stride, zeros, zero, steps, unpacked, to);
                continue;
            }
            int from = weights.fours(panel, 0, weights.inputs());
            int zero = weights.fours(panel, 0, weights.groups());
            if (weights.multiplier() == Multiplier.PAIR) {
                unpacking.unpackPairs(codes, from, input, zeros, zero, group, steps, unpacked, to);
            } else {
                unpacking.unpackFours(
                        codes, from, input, zeros, zero, group, column > 0, steps, unpacked, to);
            }
        }
        return unpacked;
    }

    /** Scales of the sums of some segments, {@code [segments, outputsAtOnce]}. */
    private float[] scaleSegments(IntegerPanels weights, int firstOutput, int first, int end) {
        int width = outputsAtOnce(weights);
        int panel = firstOutput / weights.width();
        int column = firstOutput % weights.width();
        Segments segments = weights.segments();
        float[] scales = Scratch.ofThread().scales((end - first) * width);
        for (int s = first; s < end; s++) {
            float factor = 1 << segments.shifts()[s];
            int from = weights.scale(panel, segments.groups()[s]) + column;
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
        int width = outputsAtOnce(weights);
        int outputs = weights.outputs();
        Segments segments = weights.segments();
        boolean last = end == segments.count();
        boolean direct =
                last && firstOutput + width <= outputs && products.rowsComputed(tokens) == tokens;
        float[] target = direct ? y : sums;
        int targetOffset = direct ? token * outputs + firstOutput : sumsOffset;
        int targetStride = direct ? outputs : width;
        if (weights.multiplier() == Multiplier.PAIR) {
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
        } else {
            addSingles(
                    unpacked,
                    scales,
                    tiled,
                    tile,
                    tokens,
                    segments,
                    first,
                    end,
                    sums,
                    sumsOffset,
                    target,
                    targetOffset,
                    targetStride);
        }
        if (last && !direct) {
            Panels.store(sums, sumsOffset, width, y, token, token + tokens, outputs, firstOutput);
        }
    }

    private void addSingles(
            float[] unpacked,
            float[] scales,
            float[] tiled,
            int tile,
            int tokens,
            Segments segments,
            int first,
            int end,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride) {
        int width = products.panelOutputs();
        for (int s = first; s < end; s++) {
            int step = segments.starts()[s] - segments.starts()[first];
            products.multiplyTile(
                    unpacked,
                    step * width,
                    tiled,
                    tile + step * rows,
                    tokens,
                    segments.length(s),
                    true,
                    scales,
                    (s - first) * width,
                    sums,
                    sumsOffset,
                    width,
                    s + 1 == end ? target : sums,
                    s + 1 == end ? targetOffset : sumsOffset,
                    s + 1 == end ? targetStride : width);
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
        float[] parts = Scratch.ofThread().parts(rows * width);
        int computed = products.rowsComputed(tokens);
        int next;
        for (int s = first; s < end; s = next) {
            next = unitEnds[unitsOffset + s];
            int step = segments.inputs(first, s);
            products.multiplyTile(
                    unpacked,
                    step * width,
                    tiled,
                    tile + step * rows,
                    tokens,
                    segments.inputs(s, next),
                    false,
                    scales,
                    0,
                    parts,
                    0,
                    width,
                    parts,
                    0,
                    width);
            segmentSums.addPairs(
                    parts,
                    computed,
                    scales,
                    (segments.lowest(s, next) - first) * 2 * width,
                    sums,
                    sumsOffset,
                    next == end ? target : sums,
                    next == end ? targetOffset : sumsOffset,
                    next == end ? targetStride : 2 * width);
        }
    }
}

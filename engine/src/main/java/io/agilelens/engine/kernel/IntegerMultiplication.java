package io.agilelens.engine.kernel;

import java.util.Arrays;

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
    private static final int SLICE = 192;

    private final FloatProducts products;
    private final IntegerUnpacking unpacking;
    private final SegmentSums segmentSums;
    private final IntegerPacking packing;
    private final IntegerTiles tiles;
    private final TripleMultiplication triples;
    private final Workers workers;

    /** Of a tile. */
    private final int rows;

    IntegerMultiplication(
            int bits, FloatProducts products, DoubleProducts doubles, Workers workers) {
        this.products = products;
        this.workers = workers;
        rows = products.tileTokens();
        unpacking =
                WidthTemplate.instantiate(
                        IntegerUnpacking.class, IntegerUnpackingTemplate.class, bits);
        segmentSums = WidthTemplate.instantiate(SegmentSums.class, SegmentSumsTemplate.class, bits);
        packing = new IntegerPacking(products.panelOutputs(), workers);
        tiles = new IntegerTiles(unpacking, rows, workers);
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

    Int8 packInt8(byte[] values, int outputs, int inputs, float[] scales, int[] groupStarts) {
        return new Int8(packing.int8(values, outputs, inputs, scales, groupStarts));
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
        PackingChecks.requireWidth(weights.codesPerInput(), products.panelOutputs());
        float[] sums = null;
        if (weights.zeroPoints() != null) {
            long length = (long) Panels.tiles(tokens, rows) * rows * weights.groups();
            sums = Scratch.ofThread().activationSums(length);
        }
        switch (weights.multiplier()) {
            case SINGLE, PAIR -> multiplyFloats(x, tokens, weights, sums, y);
            case TRIPLE -> triples.multiply(x, tokens, weights, sums, y);
        }
        if (weights.zeroPoints() != null) {
            subtractZeroPoints(sums, tokens, weights, y);
        }
    }

    private void multiplyFloats(
            byte[] x, int tokens, IntegerPanels weights, float[] sums, float[] y) {
        int inputs = weights.inputs();
        long length = (long) Panels.tiles(tokens, rows) * rows * inputs;
        float[] tiled = Scratch.ofThread().activations(length);
        tiles.fill(
                x,
                tokens,
                weights,
                sums,
                (row, count, at) -> products.packTile(row, 0, inputs, count, inputs, tiled, at));
        Panels.forBlocks(
                Panels.count(weights.outputs(), weights.width()),
                tokens,
                rows,
                (long) inputs * weights.width(),
                workers,
                (panel, from, to) -> multiplyPanel(tiled, from, to, weights, panel, y));
    }

    private void multiplyPanel(
            float[] tiled,
            int firstToken,
            int endToken,
            IntegerPanels weights,
            int panel,
            float[] y) {
        int width = products.panelOutputs();
        int outputs = weights.width();
        int length = Panels.tiles(endToken - firstToken, rows) * rows * outputs;
        Segments segments = weights.segments();
        Scratch scratch = Scratch.ofThread();
        float[] sums = scratch.sums(length);
        Arrays.fill(sums, 0, length, 0);
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, SLICE);
            int start = segments.starts()[first];
            int count = (segments.starts()[end] - start) * width;
            int at = (panel * weights.inputs() + start) * width;
            float[] unpacked = scratch.panel(count);
            if (weights.multiplier() == Multiplier.PAIR) {
                unpacking.unpackPairs(weights.codes(), at, unpacked, count);
            } else {
                unpacking.unpackBytes(weights.codes(), at, unpacked, count);
            }
            for (int token = firstToken; token < endToken; token += rows) {
                int real = Math.min(rows, endToken - token);
                int sum = (token - firstToken) * outputs;
                addSegments(tiled, token, real, weights, panel, first, end, unpacked, sums, sum);
            }
        }
        Panels.store(sums, 0, outputs, y, firstToken, endToken, weights.outputs(), panel * outputs);
    }

    private void addSegments(
            float[] tiled,
            int token,
            int tokens,
            IntegerPanels weights,
            int panel,
            int first,
            int end,
            float[] unpacked,
            float[] sums,
            int sumsOffset) {
        int width = products.panelOutputs();
        float[] parts = Scratch.ofThread().parts(rows * width);
        Segments segments = weights.segments();
        boolean paired = weights.multiplier() == Multiplier.PAIR;
        int computed = tokens > 6 ? rows : 6;
        for (int s = first; s < end; s++) {
            int start = segments.starts()[s];
            int step = start - segments.starts()[first];
            int steps = segments.length(s);
            int x = token * weights.inputs() + start * rows;
            products.multiplyTile(
                    unpacked, step * width, tiled, x, tokens, steps, false, parts, 0, width);
            float factor = 1 << segments.shifts()[s];
            int scale = (panel * weights.groups() + segments.groups()[s]) * weights.width();
            if (paired) {
                segmentSums.addPairs(
                        parts, computed, weights.scales(), scale, factor, sums, sumsOffset);
            } else {
                segmentSums.addSingles(
                        parts, computed, weights.scales(), scale, factor, sums, sumsOffset);
            }
        }
    }

    /**
     * {@code y[t, o] −= Σ_g scale[o, g] · zero[o, g] · Σ_{i∈g} x[t, i]}, a product with as many
     * inputs as there are groups.
     *
     * @param tiled the sums over each group {@code [tiles, groups, rows]}
     */
    private void subtractZeroPoints(float[] tiled, int tokens, IntegerPanels weights, float[] y) {
        int width = products.panelOutputs();
        int groups = weights.groups();
        workers.forEach(
                Panels.count(weights.outputs(), width),
                Panels.grain(tokens, groups, width),
                half -> {
                    Scratch scratch = Scratch.ofThread();
                    float[] scaled = scratch.panel((long) groups * width);
                    for (int g = 0; g < groups; g++) {
                        int at = (half / 2 * groups + g) * weights.width() + half % 2 * width;
                        for (int o = 0; o < width; o++) {
                            scaled[g * width + o] =
                                    -weights.scales()[at + o] * weights.zeroPoints()[at + o];
                        }
                    }
                    float[] sums = scratch.sums(rows * width);
                    for (int token = 0; token < tokens; token += rows) {
                        int end = Math.min(tokens, token + rows);
                        products.multiplyTile(
                                scaled,
                                0,
                                tiled,
                                token * groups,
                                end - token,
                                groups,
                                false,
                                sums,
                                0,
                                width);
                        Panels.add(sums, width, y, token, end, weights.outputs(), half * width);
                    }
                });
    }
}

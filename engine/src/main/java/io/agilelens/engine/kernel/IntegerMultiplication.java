package io.agilelens.engine.kernel;

import java.util.Arrays;
import java.util.function.IntConsumer;

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

    /** The same for doubles; also the inputs of a segment at the most. */
    private static final int DOUBLE_SLICE = 128;

    /** Panels whose outputs share the numbers of a triple. */
    private static final int TRIPLE_PANELS = 3;

    private final FloatProducts products;
    private final DoubleProducts doubles;
    private final IntegerUnpacking unpacking;
    private final SegmentSums segmentSums;
    private final Workers workers;

    /** Of a tile, of floats and of doubles. */
    private final int rows;

    IntegerMultiplication(
            int bits, FloatProducts products, DoubleProducts doubles, Workers workers) {
        this.products = products;
        this.doubles = doubles;
        this.workers = workers;
        rows = products.tileTokens();
        unpacking =
                WidthTemplate.instantiate(
                        IntegerUnpacking.class, IntegerUnpackingTemplate.class, bits);
        segmentSums = WidthTemplate.instantiate(SegmentSums.class, SegmentSumsTemplate.class, bits);
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
        PackingChecks.requireInt8(values, outputs, inputs, scales, groupStarts);
        int width = products.panelOutputs();
        byte[] codes =
                new byte[Panels.length(outputs, inputs, width) + IntegerUnpacking.READ_AHEAD];
        forPanels(
                Panels.count(outputs, width),
                1,
                panel -> {
                    int end = Math.min(outputs, (panel + 1) * width);
                    for (int o = panel * width; o < end; o++) {
                        int at = Panels.index(o, 0, inputs, width);
                        for (int i = 0; i < inputs; i++) {
                            codes[at + i * width] = values[o * inputs + i];
                        }
                    }
                });
        int groups = groupStarts.length - 1;
        return new Int8(
                new IntegerPanels(
                        outputs,
                        inputs,
                        groups,
                        width,
                        Multiplier.SINGLE,
                        codes,
                        Panels.ofScales(scales, outputs, groups, width),
                        null,
                        Segments.ofGroups(
                                values,
                                outputs,
                                groupStarts,
                                Multiplier.SINGLE.capacity(8),
                                DOUBLE_SLICE)));
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
        PackingChecks.requireInt4(
                values, outputs, inputs, scales, zeroPoints, runStarts, runGroups, runShifts);
        PackingChecks.requireActivationBits(activationBits);
        Multiplier multiplier = activationBits <= 4 ? Multiplier.PAIR : Multiplier.TRIPLE;
        int width = 2 * products.panelOutputs();
        int groups = scales.length / outputs;
        // Panels that fill up the last triple are all zero, and so are their scales.
        int filled =
                multiplier == Multiplier.TRIPLE
                        ? Math.ceilDiv(outputs, TRIPLE_PANELS * width) * TRIPLE_PANELS * width
                        : outputs;
        return new Int4(
                new IntegerPanels(
                        outputs,
                        inputs,
                        groups,
                        width,
                        multiplier,
                        packPairs(values, outputs, filled, inputs, width),
                        panelScales(scales, outputs, filled, groups, width),
                        panelZeroPoints(zeroPoints, outputs, groups, width),
                        Segments.of(
                                values,
                                outputs,
                                runStarts,
                                runGroups,
                                runShifts,
                                multiplier.capacity(activationBits),
                                DOUBLE_SLICE)));
    }

    /**
     * Puts outputs a vector apart, {@code lanes = width / 4}, into the halves of a byte, each with
     * a bias of 8.
     */
    private byte[] packPairs(byte[] values, int outputs, int filled, int inputs, int width) {
        int lanes = width / 4;
        byte[] pairs =
                new byte[Panels.length(filled, inputs, width) / 2 + IntegerUnpacking.READ_AHEAD];
        Arrays.fill(pairs, (byte) 0x88);
        forPanels(
                Panels.count(outputs, width),
                1,
                panel -> {
                    int end = Math.min(outputs, (panel + 1) * width);
                    for (int o = panel * width; o < end; o++) {
                        int inPanel = o % width;
                        int shift = inPanel / lanes % 2 * 4;
                        int pair = inPanel / (2 * lanes) * lanes + inPanel % lanes;
                        int at = panel * inputs * (width / 2) + pair;
                        for (int i = 0; i < inputs; i++) {
                            // The bias of 8 is there already, and 8 ^ (w & 15) is w + 8 of 4 bits.
                            pairs[at + i * (width / 2)] ^=
                                    (byte) ((values[o * inputs + i] & 0xF) << shift);
                        }
                    }
                });
        return pairs;
    }

    private static float[] panelScales(
            float[] scales, int outputs, int filled, int groups, int width) {
        float[] panels = Panels.ofScales(scales, outputs, groups, width);
        return Arrays.copyOf(panels, Panels.length(filled, groups, width));
    }

    private static byte[] panelZeroPoints(byte[] zeroPoints, int outputs, int groups, int width) {
        byte[] panels =
                new byte[Panels.length(outputs, groups, width) + IntegerUnpacking.READ_AHEAD];
        boolean any = false;
        for (int o = 0; o < outputs; o++) {
            for (int g = 0; g < groups; g++) {
                byte zeroPoint = zeroPoints[o * groups + g];
                panels[Panels.index(o, g, groups, width)] = zeroPoint;
                any |= zeroPoint != 0;
            }
        }
        return any ? panels : null;
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
            case TRIPLE -> multiplyTriples(x, tokens, weights, sums, y);
        }
        if (weights.zeroPoints() != null) {
            subtractZeroPoints(sums, tokens, weights, y);
        }
    }

    private interface TilePacking {
        void pack(float[] x, int tokens, int tileOffset);
    }

    /**
     * Turns activations into tiles of shifted numbers.
     *
     * @param sums for the sums of each group {@code [tiles, groups, rows]}, or null if not wanted
     */
    private void tile(
            byte[] x, int tokens, IntegerPanels weights, float[] sums, TilePacking packing) {
        int inputs = weights.inputs();
        float[] factors = weights.segments().inputFactors();
        workers.forRanges(
                Panels.tiles(tokens, rows),
                1 + (1 << 14) / inputs,
                (from, to) -> {
                    float[] widened = Scratch.ofThread().rows((long) rows * inputs);
                    float[] row = Scratch.ofThread().panel(inputs);
                    for (int tile = from; tile < to; tile++) {
                        int first = tile * rows;
                        int count = Math.min(rows, tokens - first);
                        for (int t = 0; t < count; t++) {
                            unpacking.widen(x, (first + t) * inputs, factors, row, inputs);
                            System.arraycopy(row, 0, widened, t * inputs, inputs);
                            if (sums != null) {
                                int at = first * weights.groups() + t;
                                sumGroups(row, weights, sums, at);
                            }
                        }
                        packing.pack(widened, count, first * inputs);
                    }
                });
    }

    private void sumGroups(float[] row, IntegerPanels weights, float[] sums, int at) {
        Segments segments = weights.segments();
        for (int g = 0; g < weights.groups(); g++) {
            sums[at + g * rows] = 0;
        }
        for (int s = 0; s < segments.count(); s++) {
            float sum = unpacking.sum(row, segments.starts()[s], segments.starts()[s + 1]);
            sums[at + segments.groups()[s] * rows] += sum * (1 << segments.shifts()[s]);
        }
    }

    private void forPanels(int count, int grain, IntConsumer body) {
        workers.forRanges(
                count,
                grain,
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        body.accept(panel);
                    }
                });
    }

    // ---- singles and pairs: floats

    private void multiplyFloats(
            byte[] x, int tokens, IntegerPanels weights, float[] sums, float[] y) {
        int inputs = weights.inputs();
        long length = (long) Panels.tiles(tokens, rows) * rows * inputs;
        float[] tiled = Scratch.ofThread().activations(length);
        tile(
                x,
                tokens,
                weights,
                sums,
                (row, count, at) -> products.packTile(row, 0, inputs, count, inputs, tiled, at));
        forPanels(
                Panels.count(weights.outputs(), weights.width()),
                Panels.grain(tokens, weights.inputs(), weights.width()),
                panel -> multiplyPanel(tiled, tokens, weights, panel, y));
    }

    private void multiplyPanel(
            float[] tiled, int tokens, IntegerPanels weights, int panel, float[] y) {
        int width = products.panelOutputs();
        int outputs = weights.width();
        int length = Panels.tiles(tokens, rows) * rows * outputs;
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
            for (int token = 0; token < tokens; token += rows) {
                int real = Math.min(rows, tokens - token);
                addSegments(tiled, token, real, weights, panel, first, end, unpacked, sums);
            }
        }
        Panels.store(sums, 0, outputs, y, 0, tokens, weights.outputs(), panel * outputs);
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
            float[] sums) {
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
                        parts,
                        computed,
                        weights.scales(),
                        scale,
                        factor,
                        sums,
                        token * weights.width());
            } else {
                segmentSums.addSingles(
                        parts,
                        computed,
                        weights.scales(),
                        scale,
                        factor,
                        sums,
                        token * weights.width());
            }
        }
    }

    // ---- triples: doubles

    private void multiplyTriples(
            byte[] x, int tokens, IntegerPanels weights, float[] sums, float[] y) {
        int inputs = weights.inputs();
        int chunks = weights.codesPerInput() / (doubles.panelOutputs() / 2);
        long length = (long) Panels.tiles(tokens, rows) * rows * inputs;
        double[] tiled = Scratch.ofThread().wideActivations(length);
        tile(
                x,
                tokens,
                weights,
                sums,
                (row, count, at) -> doubles.packTile(row, 0, inputs, count, inputs, tiled, at));
        forPanels(
                Math.ceilDiv(weights.outputs(), TRIPLE_PANELS * weights.width()) * chunks,
                Panels.grain(tokens, weights.inputs(), TRIPLE_PANELS * weights.width() / chunks),
                chunk -> {
                    int panel = chunk / chunks * TRIPLE_PANELS;
                    multiplyChunk(tiled, tokens, weights, panel, chunk % chunks, y);
                });
    }

    /**
     * Multiplies the outputs of three panels whose weights lie in a vector's worth of bytes.
     *
     * @param chunk which of the vectors that a panel has in each step
     */
    private void multiplyChunk(
            double[] tiled, int tokens, IntegerPanels weights, int panel, int chunk, float[] y) {
        int inputs = weights.inputs();
        int bytes = weights.codesPerInput();
        int lanes = doubles.panelOutputs() / 2;
        Scratch scratch = Scratch.ofThread();
        int length = Panels.tiles(tokens, rows) * rows * 6 * lanes;
        double[] sums = scratch.wideSums(length);
        Arrays.fill(sums, 0, length, 0);
        // Of every two vectors of floats the first is the low, the second the high half of bytes.
        int floats = weights.width() / 4;
        int output = chunk * lanes / floats * 2 * floats + chunk * lanes % floats;
        Segments segments = weights.segments();
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, DOUBLE_SLICE);
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
            for (int token = 0; token < tokens; token += rows) {
                int real = Math.min(rows, tokens - token);
                addTriples(tiled, token, real, weights, panel, output, first, end, unpacked, sums);
            }
        }
        for (int part = 0; part < 6; part++) {
            int at = (panel + part % 3) * weights.width() + output + part / 3 * floats;
            Panels.store(sums, part * lanes, 6 * lanes, lanes, y, 0, tokens, weights.outputs(), at);
        }
    }

    private void addTriples(
            double[] tiled,
            int token,
            int tokens,
            IntegerPanels weights,
            int panel,
            int firstOutput,
            int first,
            int end,
            double[] unpacked,
            double[] sums) {
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
                    token * 3 * width);
        }
    }

    // ---- zero points

    /**
     * {@code y[t, o] −= Σ_g scale[o, g] · zero[o, g] · Σ_{i∈g} x[t, i]}, a product with as many
     * inputs as there are groups.
     *
     * @param tiled the sums over each group {@code [tiles, groups, rows]}
     */
    private void subtractZeroPoints(float[] tiled, int tokens, IntegerPanels weights, float[] y) {
        int width = products.panelOutputs();
        int groups = weights.groups();
        forPanels(
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

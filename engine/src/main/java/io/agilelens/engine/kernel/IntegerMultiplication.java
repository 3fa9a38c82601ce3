package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Linear layers with 8-bit and 4-bit weights. A panel's weights are unpacked to floats, one or two
 * outputs a float, multiplied segment by segment in exact arithmetic, and scaled at the end of each
 * group.
 */
final class IntegerMultiplication {

    private final FloatProducts products;
    private final IntegerSums integers;
    private final Workers workers;

    IntegerMultiplication(FloatProducts products, IntegerSums integers, Workers workers) {
        this.products = products;
        this.integers = integers;
        this.workers = workers;
    }

    /**
     * @param width outputs of a panel
     * @param codes a byte an input and output, or two outputs in one: {@code [panels, inputs, width
     *     or width / 2]}, and {@link IntegerSums#READ_AHEAD} bytes more
     * @param scales {@code [panels, groups, width]}
     * @param zeroPoints likewise, and {@link IntegerSums#READ_AHEAD} bytes more; null if all are 0
     */
    record IntegerPanels(
            int outputs,
            int inputs,
            int groups,
            int width,
            boolean paired,
            byte[] codes,
            float[] scales,
            byte[] zeroPoints,
            Segments segments) {

        long bytes() {
            int zeroPointBytes = zeroPoints == null ? 0 : zeroPoints.length;
            return codes.length + 4L * scales.length + zeroPointBytes + segments.bytes();
        }

        /** Codes of one input in a panel. */
        int codesPerInput() {
            return paired ? width / 2 : width;
        }
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
        byte[] codes = new byte[Panels.length(outputs, inputs, width) + IntegerSums.READ_AHEAD];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                codes[Panels.index(o, i, inputs, width)] = values[o * inputs + i];
            }
        }
        Segments segments = Segments.ofGroups(groupStarts, IntegerSums.BYTE_CAPACITY);
        int groups = groupStarts.length - 1;
        float[] panelScales = panelScales(scales, outputs, groups, width, segments);
        return new Int8(
                new IntegerPanels(
                        outputs, inputs, groups, width, false, codes, panelScales, null, segments));
    }

    Int4 packInt4(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts) {
        PackingChecks.requireInt4(
                values, outputs, inputs, scales, zeroPoints, runStarts, runGroups, runShifts);
        int width = 2 * products.panelOutputs();
        int groups = scales.length / outputs;
        Segments segments =
                Segments.ofRuns(runStarts, runGroups, runShifts, IntegerSums.PAIRED_CAPACITY);
        return new Int4(
                new IntegerPanels(
                        outputs,
                        inputs,
                        groups,
                        width,
                        true,
                        pairs(values, outputs, inputs, width),
                        panelScales(scales, outputs, groups, width, segments),
                        panelZeroPoints(zeroPoints, outputs, groups, width),
                        segments));
    }

    /**
     * Puts outputs a vector apart, {@code lanes = width / 4}, into the halves of a byte, each with
     * a bias of 8.
     */
    private static byte[] pairs(byte[] values, int outputs, int inputs, int width) {
        int lanes = width / 4;
        byte[] pairs = new byte[Panels.length(outputs, inputs, width) / 2 + IntegerSums.READ_AHEAD];
        Arrays.fill(pairs, (byte) 0x88);
        for (int o = 0; o < outputs; o++) {
            int inPanel = o % width;
            boolean high = inPanel / lanes % 2 == 1;
            int pair = inPanel / (2 * lanes) * lanes + inPanel % lanes;
            for (int i = 0; i < inputs; i++) {
                int at = (o / width * inputs + i) * (width / 2) + pair;
                int biased = values[o * inputs + i] + 8;
                pairs[at] =
                        (byte) (high ? pairs[at] & 0x0F | biased << 4 : pairs[at] & 0xF0 | biased);
            }
        }
        return pairs;
    }

    /** The shift of a group's only segment goes into its scale: a power of two rounds nothing. */
    private static float[] panelScales(
            float[] scales, int outputs, int groups, int width, Segments segments) {
        float[] shifted = scales.clone();
        for (int s = 0; s < segments.count(); s++) {
            for (int o = 0; segments.isGroup(s) && o < outputs; o++) {
                shifted[o * groups + segments.groups()[s]] *= 1 << segments.shifts()[s];
            }
        }
        return Panels.ofScales(shifted, outputs, groups, width);
    }

    private static byte[] panelZeroPoints(byte[] zeroPoints, int outputs, int groups, int width) {
        byte[] panels = new byte[Panels.length(outputs, groups, width) + IntegerSums.READ_AHEAD];
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
        int rows = tokens == 1 ? 1 : FloatProducts.TILE_TOKENS;
        float[] tiled = Panels.tile(x, tokens, weights.segments().inputShifts(), rows, workers);
        int[] tiledSums = weights.zeroPoints() == null ? null : sums(x, tokens, weights, rows);
        workers.forRanges(
                Panels.count(weights.outputs(), weights.width()),
                Panels.grain(tokens, weights.inputs(), weights.width()),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        multiplyPanel(tiled, tiledSums, tokens, rows, weights, panel, y);
                    }
                });
    }

    /**
     * What a zero point of 1 takes off: sums of the activations over each group {@code [tiles,
     * groups, rows]}, shifted like the sums that it is taken off.
     */
    private static int[] sums(byte[] x, int tokens, IntegerPanels weights, int rows) {
        int tiles = (tokens + rows - 1) / rows;
        int inputs = weights.inputs();
        int groups = weights.groups();
        Segments segments = weights.segments();
        int[] sums = Scratch.ofThread().activationSums((long) tiles * groups * rows);
        Arrays.fill(sums, 0, tiles * groups * rows, 0);
        for (int t = 0; t < tokens; t++) {
            for (int s = 0; s < segments.count(); s++) {
                int sum = 0;
                for (int i = segments.starts()[s]; i < segments.starts()[s + 1]; i++) {
                    sum += x[t * inputs + i] << segments.inputShifts()[i];
                }
                int shift = segments.isGroup(s) ? 0 : segments.shifts()[s];
                sums[(t / rows * groups + segments.groups()[s]) * rows + t % rows] += sum << shift;
            }
        }
        return sums;
    }

    private void multiplyPanel(
            float[] tiled,
            int[] tiledSums,
            int tokens,
            int rows,
            IntegerPanels weights,
            int panel,
            float[] y) {
        int inputs = weights.inputs();
        int width = weights.width();
        int codes = inputs * weights.codesPerInput();
        Scratch scratch = Scratch.ofThread();
        float[] unpacked = scratch.panel(codes);
        if (weights.paired()) {
            integers.unpackPairs(weights.codes(), panel * codes, unpacked, codes);
        } else {
            integers.unpackBytes(weights.codes(), panel * codes, unpacked, codes);
        }
        float[] sums = scratch.sums(rows * width);
        for (int token = 0; token < tokens; token += rows) {
            Arrays.fill(sums, 0, rows * width, 0);
            multiplyTile(tiled, tiledSums, token, rows, weights, panel, unpacked, sums);
            int end = Math.min(tokens, token + rows);
            Panels.store(sums, width, y, token, end, weights.outputs(), panel * width);
        }
    }

    private void multiplyTile(
            float[] tiled,
            int[] tiledSums,
            int token,
            int rows,
            IntegerPanels weights,
            int panel,
            float[] unpacked,
            float[] sums) {
        Scratch scratch = Scratch.ofThread();
        float[] products = scratch.products(rows * weights.codesPerInput());
        float[] parts = scratch.parts(rows * weights.width());
        int[] exact = scratch.exact(rows * weights.width());
        Segments segments = weights.segments();
        for (int s = 0; s < segments.count(); s++) {
            int start = segments.starts()[s];
            multiplySegment(
                    rows,
                    unpacked,
                    start * weights.codesPerInput(),
                    tiled,
                    token * weights.inputs() + start * rows,
                    segments.length(s),
                    products);
            int group = segments.groups()[s];
            int scale = (panel * weights.groups() + group) * weights.width();
            int sum = token * weights.groups() + group * rows;
            addSegment(weights, s, rows, scale, products, parts, exact, tiledSums, sum, sums);
        }
    }

    private void multiplySegment(
            int rows, float[] unpacked, int w, float[] tiled, int x, int steps, float[] result) {
        if (rows == 1) {
            Arrays.fill(result, 0, this.products.panelOutputs(), 0);
            this.products.multiplyVector(unpacked, w, tiled, x, steps, result);
        } else {
            this.products.multiplyTile(unpacked, w, tiled, x, steps, result);
        }
    }

    private void addSegment(
            IntegerPanels weights,
            int segment,
            int rows,
            int scale,
            float[] products,
            float[] parts,
            int[] exact,
            int[] tiledSums,
            int sum,
            float[] sums) {
        int width = weights.width();
        float[] scales = weights.scales();
        byte[] zeroPoints = weights.zeroPoints();
        Segments segments = weights.segments();
        boolean isGroup = segments.isGroup(segment);
        if (weights.paired() && isGroup && zeroPoints == null) {
            integers.addScaledSplit(products, rows, width, scales, scale, sums);
            return;
        }
        float[] single = products;
        if (weights.paired()) {
            integers.split(products, rows, width, parts);
            single = parts;
        }
        if (isGroup) {
            if (zeroPoints != null) {
                integers.subtractZeroPoints(single, rows, width, zeroPoints, scale, tiledSums, sum);
            }
            integers.addScaled(single, rows, width, scales, scale, sums);
            return;
        }
        integers.addExact(single, rows * width, segments.shifts()[segment], exact);
        if (segments.endsGroup(segment)) {
            if (zeroPoints != null) {
                integers.subtractZeroPointsExact(
                        exact, rows, width, zeroPoints, scale, tiledSums, sum);
            }
            integers.addScaledExact(exact, rows, width, scales, scale, sums);
        }
    }
}

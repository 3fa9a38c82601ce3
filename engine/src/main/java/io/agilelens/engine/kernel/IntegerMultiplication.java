package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Linear layers with 8-bit and 4-bit weights. A panel's weights are unpacked to floats, one or two
 * outputs a float, multiplied segment by segment in exact arithmetic, and scaled at the end of each
 * group.
 */
final class IntegerMultiplication {

    private final FloatProducts products;
    private final IntegerProducts integers;
    private final Workers workers;

    IntegerMultiplication(FloatProducts products, IntegerProducts integers, Workers workers) {
        this.products = products;
        this.integers = integers;
        this.workers = workers;
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
        byte[] codes = new byte[Panels.length(outputs, inputs, width) + IntegerProducts.READ_AHEAD];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                codes[Panels.index(o, i, inputs, width)] = values[o * inputs + i];
            }
        }
        Segments segments = Segments.ofGroups(groupStarts, IntegerProducts.BYTE_CAPACITY);
        int groups = groupStarts.length - 1;
        float[] panelScales = panelScales(scales, outputs, groups, width, segments);
        return new Int8(
                new IntegerPanels(
                        outputs,
                        inputs,
                        groups,
                        width,
                        false,
                        codes,
                        panelScales,
                        null,
                        segments,
                        IntegerPanels.floatsHoldGroups(segments, 128 * 127)));
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
                Segments.ofRuns(runStarts, runGroups, runShifts, IntegerProducts.PAIRED_CAPACITY);
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
                        segments,
                        IntegerPanels.floatsHoldGroups(segments, 8 * 15)));
    }

    /**
     * Puts outputs a vector apart, {@code lanes = width / 4}, into the halves of a byte, each with
     * a bias of 8.
     */
    private static byte[] pairs(byte[] values, int outputs, int inputs, int width) {
        int lanes = width / 4;
        byte[] pairs =
                new byte[Panels.length(outputs, inputs, width) / 2 + IntegerProducts.READ_AHEAD];
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
        byte[] panels =
                new byte[Panels.length(outputs, groups, width) + IntegerProducts.READ_AHEAD];
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
            integers.multiplyTile(
                    products, weights, panel, unpacked, tiled, tiledSums, token, rows, sums);
            int end = Math.min(tokens, token + rows);
            Panels.store(sums, width, y, token, end, weights.outputs(), panel * width);
        }
    }
}

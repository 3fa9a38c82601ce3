package io.agilelens.engine.kernel;

import java.util.Arrays;

/** Puts integer weights into {@link IntegerPanels}. */
final class IntegerPacking {

    private final int panelOutputs;
    private final Workers workers;

    /**
     * @param panelOutputs of the float products
     */
    IntegerPacking(int panelOutputs, Workers workers) {
        this.panelOutputs = panelOutputs;
        this.workers = workers;
    }

    /** As {@link Kernels#packInt8}. */
    IntegerPanels int8(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts) {
        PackingChecks.requireInt8(
                values, outputs, inputs, scales, zeroPoints, runStarts, runGroups, runShifts);
        int width = panelOutputs;
        int groups = scales.length / outputs;
        return new IntegerPanels(
                outputs,
                inputs,
                groups,
                width,
                Multiplier.SINGLE,
                bytes(values, outputs, inputs),
                Panels.ofScales(scales, outputs, groups, width),
                bytes(zeroPoints, outputs, groups),
                Segments.of(
                        values,
                        zeroPoints,
                        outputs,
                        runStarts,
                        runGroups,
                        runShifts,
                        Multiplier.SINGLE.capacity(8),
                        IntegerMultiplication.SLICE));
    }

    /** {@code [panels, inputs, panelOutputs]} of {@code [outputs, inputs]}. */
    private byte[] bytes(byte[] values, int outputs, int inputs) {
        int width = panelOutputs;
        byte[] bytes =
                new byte[Panels.length(outputs, inputs, width) + IntegerUnpacking.READ_AHEAD];
        workers.forEach(
                Panels.count(outputs, width),
                1,
                panel -> {
                    int end = Math.min(outputs, (panel + 1) * width);
                    for (int o = panel * width; o < end; o++) {
                        int at = Panels.index(o, 0, inputs, width);
                        for (int i = 0; i < inputs; i++) {
                            bytes[at + i * width] = values[o * inputs + i];
                        }
                    }
                });
        return bytes;
    }

    /** As {@link Kernels#packInt4}. */
    IntegerPanels int4(
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
        int width = 2 * panelOutputs;
        int groups = scales.length / outputs;
        // Panels that fill up the last triple are all zero, and so are their scales.
        int filled =
                multiplier == Multiplier.TRIPLE
                        ? Math.ceilDiv(outputs, TripleMultiplication.PANELS * width)
                                * TripleMultiplication.PANELS
                                * width
                        : outputs;
        return new IntegerPanels(
                outputs,
                inputs,
                groups,
                width,
                multiplier,
                pairs(values, outputs, filled, inputs, width),
                scales(scales, outputs, filled, groups, width),
                pairs(zeroPoints, outputs, filled, groups, width),
                Segments.of(
                        values,
                        zeroPoints,
                        outputs,
                        runStarts,
                        runGroups,
                        runShifts,
                        multiplier.capacity(activationBits),
                        multiplier == Multiplier.TRIPLE
                                ? TripleMultiplication.SLICE
                                : IntegerMultiplication.SLICE));
    }

    /**
     * Puts outputs a vector apart, {@code lanes = width / 4}, into the halves of a byte, each with
     * a bias of 8.
     */
    private byte[] pairs(byte[] values, int outputs, int filled, int inputs, int width) {
        int lanes = width / 4;
        byte[] pairs =
                new byte[Panels.length(filled, inputs, width) / 2 + IntegerUnpacking.READ_AHEAD];
        Arrays.fill(pairs, (byte) 0x88);
        workers.forEach(
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

    private static float[] scales(float[] scales, int outputs, int filled, int groups, int width) {
        float[] panels = Panels.ofScales(scales, outputs, groups, width);
        return Arrays.copyOf(panels, Panels.length(filled, groups, width));
    }
}

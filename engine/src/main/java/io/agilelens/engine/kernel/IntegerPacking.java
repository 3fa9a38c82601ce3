package io.agilelens.engine.kernel;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** Puts integer weights into {@link IntegerPanels}. */
final class IntegerPacking {

    private static final int LARGEST_BYTE = 255;

    private final int panelOutputs;
    private final Supplier<KernelTuning> tuning;
    private final Workers workers;

    /**
     * @param panelOutputs of the float products
     * @param tuning decides between the {@link Multiplier multipliers}
     */
    IntegerPacking(int panelOutputs, Supplier<KernelTuning> tuning, Workers workers) {
        this.panelOutputs = panelOutputs;
        this.tuning = tuning;
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
        int groups = scales.length / outputs;
        int width = 2 * panelOutputs;
        Segments segments = segmentsOfOne(runStarts, runGroups, runShifts, 8);
        return new IntegerPanels(
                outputs,
                inputs,
                groups,
                8,
                width,
                Multiplier.SINGLE,
                bytes(values, outputs, inputs, width),
                Panels.ofScales(scales, outputs, groups, width),
                bytes(zeroPoints, outputs, groups, width),
                segments,
                segments,
                null,
                isZero(zeroPoints));
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
        SegmentCut cut =
                (multiplier, longest, from) ->
                        from == KernelTuning.NEVER
                                ? Optional.empty()
                                : Optional.of(
                                                Segments.of(
                                                        values,
                                                        zeroPoints,
                                                        outputs,
                                                        runStarts,
                                                        runGroups,
                                                        runShifts,
                                                        multiplier.capacity(activationBits),
                                                        longest))
                                        .filter(segments -> segments.averageAtLeast(from));
        KernelTuning measured = tuning.get();
        Segments segmentsOfOne = segmentsOfOne(runStarts, runGroups, runShifts, activationBits);
        boolean eight = activationBits > 4;
        int shortFrom = eight ? measured.shortFromEight() : measured.shortFromFour();
        Multiplier multiplier = Multiplier.SHORT;
        Optional<Segments> cuts = cut.of(multiplier, SegmentMultiplication.SLICE, shortFrom);
        if (cuts.isEmpty() && eight) {
            multiplier = Multiplier.TRIPLE;
            cuts = cut.of(multiplier, TripleMultiplication.SLICE, measured.tripleFrom());
        }
        if (cuts.isEmpty()) {
            multiplier = eight ? Multiplier.SINGLE : Multiplier.PAIR;
            cuts =
                    eight
                            ? Optional.of(segmentsOfOne)
                            : cut.of(multiplier, SegmentMultiplication.SLICE, 0);
        }
        Segments segments = cuts.orElseThrow();
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
                4,
                width,
                multiplier,
                fours(values, outputs, filled, inputs, width),
                scales(scales, outputs, filled, groups, width),
                fours(zeroPoints, outputs, filled, groups, width),
                segments,
                segmentsOfOne,
                Turns.of(segmentsOfOne, activationBits),
                isZero(zeroPoints));
    }

    @FunctionalInterface
    private interface SegmentCut {

        /**
         * @param longest inputs of a segment
         * @param from inputs that segments must have on average
         */
        Optional<Segments> of(Multiplier multiplier, int longest, int from);
    }

    /**
     * One token is multiplied by bytes as they are, zero points and both codes of a pair included,
     * whose sums a float must hold exactly.
     */
    private static Segments segmentsOfOne(
            int[] runStarts, int[] runGroups, int[] runShifts, int activationBits) {
        byte[] ones = new byte[runStarts[runStarts.length - 1]];
        Arrays.fill(ones, (byte) 1);
        return Segments.of(
                ones,
                new byte[runGroups[runGroups.length - 1] + 1],
                1,
                runStarts,
                runGroups,
                runShifts,
                Multiplier.SINGLE.capacity(activationBits) / LARGEST_BYTE,
                ones.length);
    }

    /** {@code [panels, inputs, width]} of {@code [outputs, inputs]}, each with a bias of 128. */
    private byte[] bytes(byte[] values, int outputs, int inputs, int width) {
        byte[] bytes = new byte[Panels.length(outputs, inputs, width) + ReadAhead.DISTANCE];
        Arrays.fill(bytes, (byte) 0x80);
        workers.forEach(
                Panels.count(outputs, width),
                1,
                panel -> {
                    int end = Math.min(outputs, (panel + 1) * width);
                    for (int o = panel * width; o < end; o++) {
                        int at = Panels.index(o, 0, inputs, width);
                        for (int i = 0; i < inputs; i++) {
                            bytes[at + i * width] = (byte) (values[o * inputs + i] ^ 0x80);
                        }
                    }
                });
        return bytes;
    }

    private static boolean isZero(byte[] values) {
        for (byte value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Puts four outputs a vector apart, {@code lanes = width / 4}, into the four places of a lane
     * of 16 bits, each with a bias of 8, and two inputs beside each other.
     */
    private byte[] fours(byte[] values, int outputs, int filled, int inputs, int width) {
        int lanes = width / 4;
        int pairs = IntegerPanels.pairs(inputs);
        int behind = ReadAhead.DISTANCE + ShortLaneProducts.BLOCK * width;
        byte[] fours = new byte[Panels.length(filled, pairs, width) + behind];
        Arrays.fill(fours, (byte) 0x88);
        workers.forEach(
                Panels.count(outputs, width),
                1,
                panel -> {
                    int end = Math.min(outputs, (panel + 1) * width);
                    for (int o = panel * width; o < end; o++) {
                        int inPanel = o % width;
                        int place = ShortLaneProducts.PLACES[inPanel / lanes];
                        int shift = place % 2 * 4;
                        int at = panel * pairs * width + inPanel % lanes * 4 + place / 2;
                        for (int i = 0; i < inputs; i++) {
                            // The bias of 8 is there already, and 8 ^ (w & 15) is w + 8 of 4 bits.
                            fours[at + i / 2 * width + i % 2 * 2] ^=
                                    (byte) ((values[o * inputs + i] & 0xF) << shift);
                        }
                    }
                });
        return fours;
    }

    private static float[] scales(float[] scales, int outputs, int filled, int groups, int width) {
        float[] panels = Panels.ofScales(scales, outputs, groups, width);
        return Arrays.copyOf(panels, Panels.length(filled, groups, width));
    }
}

package io.agilelens.engine.kernel;

/** The preconditions that both implementations ask of weights and operands. */
final class PackingChecks {

    private static final String FOREIGN =
            "this was packed by other kernels: pack it again with these";

    private PackingChecks() {}

    static void requireMatrix(int length, int outputs, int inputs) {
        require(outputs > 0 && inputs > 0, "a weight needs at least one output and one input");
        require(
                length == (long) outputs * inputs,
                length + " values do not fill [" + outputs + ", " + inputs + "]");
    }

    /** Starts must ascend strictly from 0 to {@code inputs}. */
    private static void requireStarts(int[] starts, int inputs) {
        require(starts.length >= 2 && starts[0] == 0, "the first group starts at input 0");
        for (int i = 1; i < starts.length; i++) {
            require(starts[i - 1] < starts[i], "groups must ascend and must not be empty");
        }
        require(starts[starts.length - 1] == inputs, "the last group ends at the last input");
    }

    static void requireInt8(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts) {
        requireMatrix(values.length, outputs, inputs);
        requireStarts(runStarts, inputs);
        require(
                scales.length > 0 && scales.length % outputs == 0,
                scales.length + " scales do not fill rows of " + outputs + " outputs");
        requireScales(zeroPoints.length, outputs, scales.length / outputs);
        requireRuns(runStarts.length - 1, runGroups, runShifts, scales.length / outputs);
    }

    static void requireInt4(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts) {
        requireInt8(values, outputs, inputs, scales, zeroPoints, runStarts, runGroups, runShifts);
        requireRange(values, -8, 7);
        requireRange(zeroPoints, -8, 7);
    }

    static void requireActivationBits(int bits) {
        require(2 <= bits && bits <= 8, "activations have 2 to 8 bits, not " + bits);
    }

    static void requireGrouped(
            byte[] codes,
            int outputs,
            int inputs,
            int bits,
            float[] scales,
            byte[] zeroPoints,
            int[] groupStarts) {
        require(2 <= bits && bits <= 8, bits + " bits are outside 2…8");
        requireMatrix(codes.length, outputs, inputs);
        requireStarts(groupStarts, inputs);
        requireScales(scales.length, outputs, groupStarts.length - 1);
        requireScales(zeroPoints.length, outputs, groupStarts.length - 1);
        requireUnsigned(codes, (1 << bits) - 1);
        requireUnsigned(zeroPoints, (1 << bits) - 1);
        for (float scale : scales) {
            require(Float.isFinite(scale), "a scale is not finite");
        }
    }

    private static void requireUnsigned(byte[] values, int largest) {
        for (byte value : values) {
            if (Byte.toUnsignedInt(value) > largest) {
                throw new IllegalArgumentException(
                        Byte.toUnsignedInt(value) + " is outside 0…" + largest);
            }
        }
    }

    private static void requireScales(int length, int outputs, int groups) {
        require(
                length == (long) outputs * groups,
                length + " scales or zero points do not fill [" + outputs + ", " + groups + "]");
    }

    private static void requireRuns(int runs, int[] runGroups, int[] runShifts, int groups) {
        require(
                runGroups.length == runs && runShifts.length == runs,
                "every run needs one group and one shift");
        for (int run = 0; run < runs; run++) {
            require(0 <= runGroups[run] && runGroups[run] < groups, "a run's group is missing");
            require(
                    run == 0 || runGroups[run - 1] <= runGroups[run],
                    "the groups of the runs must ascend");
            require(0 <= runShifts[run] && runShifts[run] <= 8, "a shift lies in 0…8");
        }
    }

    private static void requireRange(byte[] values, int smallest, int largest) {
        for (byte value : values) {
            if (value < smallest || value > largest) {
                throw new IllegalArgumentException(
                        value + " is outside " + smallest + "…" + largest);
            }
        }
    }

    static void requireOperands(int xLength, int tokens, PackedWeights weights, int yLength) {
        require(tokens >= 0, "the number of tokens is negative");
        require(xLength >= (long) tokens * weights.inputs(), "x is shorter than [tokens, inputs]");
        require(
                yLength >= (long) tokens * weights.outputs(),
                "y is shorter than [tokens, outputs]");
    }

    /** Weights packed by other kernels have another layout, so they are refused. */
    static <P> P requireOwn(Class<P> own, Object packed) {
        require(own.isInstance(packed), FOREIGN);
        return own.cast(packed);
    }

    /** Nor may they have been packed by kernels of another width. */
    static void requireWidth(int packed, int own) {
        require(packed == own, FOREIGN);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    static void requireFactors(DoubleView a, DoubleView b, DoubleView c) {
        require(
                a.columns() == b.rows() && a.rows() == c.rows() && b.columns() == c.columns(),
                "[%d, %d] · [%d, %d] is no [%d, %d]"
                        .formatted(
                                a.rows(),
                                a.columns(),
                                b.rows(),
                                b.columns(),
                                c.rows(),
                                c.columns()));
    }
}

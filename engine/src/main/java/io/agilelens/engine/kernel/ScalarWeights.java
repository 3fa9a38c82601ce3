package io.agilelens.engine.kernel;

/** The layouts of {@link ScalarKernels}: row-major {@code [outputs, inputs]}, as given. */
final class ScalarWeights {

    private ScalarWeights() {}

    record Fp32(int outputs, int inputs, float[] values) implements Fp32Weights {
        @Override
        public long bytes() {
            return 4L * values.length;
        }
    }

    /**
     * @param halves IEEE half-precision bit patterns
     */
    record Fp16(int outputs, int inputs, short[] halves) implements Fp16Weights {
        @Override
        public long bytes() {
            return 2L * halves.length;
        }
    }

    /** Integers in runs, as {@link Kernels#packInt8} has them. */
    sealed interface Integers extends PackedWeights {

        /** {@code [outputs, groups]}. */
        float[] scales();

        /** {@code [outputs, groups]}. */
        byte[] zeroPoints();

        int[] runStarts();

        int[] runGroups();

        int[] runShifts();

        byte value(int output, int input);

        default int groups() {
            return scales().length / outputs();
        }

        /** Memory taken by everything but the values. */
        default long bytesBeside() {
            return 4L * scales().length
                    + zeroPoints().length
                    + 4L * (runStarts().length + runGroups().length + runShifts().length);
        }
    }

    /**
     * @param scales {@code [outputs, groups]}
     * @param zeroPoints {@code [outputs, groups]}
     */
    record Int8(
            int outputs,
            int inputs,
            byte[] values,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts)
            implements Int8Weights, Integers {

        @Override
        public byte value(int output, int input) {
            return values[output * inputs + input];
        }

        @Override
        public long bytes() {
            return values.length + bytesBeside();
        }
    }

    /**
     * @param nibbles two values a byte, even inputs in the low half; every output starts a new byte
     * @param scales {@code [outputs, groups]}
     * @param zeroPoints {@code [outputs, groups]}
     */
    record Int4(
            int outputs,
            int inputs,
            byte[] nibbles,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts)
            implements Int4Weights, Integers {

        static int bytesPerOutput(int inputs) {
            return (inputs + 1) / 2;
        }

        static byte[] pack(byte[] values, int outputs, int inputs) {
            int rowBytes = bytesPerOutput(inputs);
            byte[] nibbles = new byte[Math.multiplyExact(outputs, rowBytes)];
            for (int o = 0; o < outputs; o++) {
                for (int i = 0; i < inputs; i++) {
                    int nibble = values[o * inputs + i] & 0xF;
                    nibbles[o * rowBytes + i / 2] |= (byte) (nibble << 4 * (i % 2));
                }
            }
            return nibbles;
        }

        @Override
        public byte value(int output, int input) {
            int pair = nibbles[output * bytesPerOutput(inputs) + input / 2];
            int high = input % 2 == 0 ? pair << 4 : pair;
            return (byte) ((byte) high >> 4);
        }

        @Override
        public long bytes() {
            return nibbles.length + bytesBeside();
        }
    }

    /**
     * @param codes unsigned, a byte each
     * @param zeroPoints {@code [outputs, groups]}, unsigned
     */
    record Grouped(
            int outputs,
            int inputs,
            byte[] codes,
            ShortScales scales,
            byte[] zeroPoints,
            int[] groupStarts)
            implements GroupedWeights {
        @Override
        public long bytes() {
            return codes.length
                    + 2L * scales.codes().length
                    + 4L * scales.units().length
                    + zeroPoints.length
                    + 4L * groupStarts.length;
        }
    }
}

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

    /**
     * @param scales {@code [outputs, groups]}
     */
    record Int8(int outputs, int inputs, byte[] values, float[] scales, int[] groupStarts)
            implements Int8Weights {
        @Override
        public long bytes() {
            return values.length + 4L * scales.length + 4L * groupStarts.length;
        }
    }

    /**
     * @param scales {@code [outputs, groups]}
     */
    record Int16(int outputs, int inputs, short[] values, float[] scales, int[] groupStarts)
            implements Int16Weights {
        @Override
        public long bytes() {
            return 2L * values.length + 4L * scales.length + 4L * groupStarts.length;
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
            implements Int4Weights {

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

        int groups() {
            return scales.length / outputs;
        }

        int value(int output, int input) {
            int pair = nibbles[output * bytesPerOutput(inputs) + input / 2];
            int high = input % 2 == 0 ? pair << 4 : pair;
            return (byte) high >> 4;
        }

        @Override
        public long bytes() {
            return nibbles.length
                    + 4L * scales.length
                    + zeroPoints.length
                    + 4L * (runStarts.length + runGroups.length + runShifts.length);
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

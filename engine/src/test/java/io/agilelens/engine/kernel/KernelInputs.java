package io.agilelens.engine.kernel;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Random operands with a fixed seed, and the naive formulas that kernels are held against. */
final class KernelInputs {

    /** Half a unit in the last place of 1, the relative error of one float operation. */
    static final double UNIT_ROUNDOFF = 0x1p-24;

    private final Random random;

    KernelInputs(long seed) {
        random = new Random(seed);
    }

    float[] floats(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Values in {@code smallest…largest}; the extremes are far more frequent than others. */
    byte[] bytes(int count, int smallest, int largest) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            values[i] =
                    (byte)
                            switch (random.nextInt(8)) {
                                case 0 -> smallest;
                                case 1 -> largest;
                                default -> random.nextInt(smallest, largest + 1);
                            };
        }
        return values;
    }

    float[] scales(int count) {
        float[] scales = new float[count];
        for (int i = 0; i < count; i++) {
            scales[i] = random.nextFloat(1e-3f, 2e-2f);
        }
        return scales;
    }

    int[] shifts(int count) {
        return IntStream.range(0, count).map(i -> random.nextInt(9)).toArray();
    }

    /** Rows of 0 and of powers of two down to 2^-15 that add up to at most 4. */
    float[] log2Probabilities(int rows, int count) {
        float[] values = new float[rows * count];
        for (int row = 0; row < rows; row++) {
            float left = 4;
            for (int j = 0; j < count; j++) {
                float value = Math.scalb(1f, -random.nextInt(16));
                if (value <= left && random.nextInt(4) > 0) {
                    values[row * count + j] = value;
                    left -= value;
                }
            }
        }
        return values;
    }

    /** Starts of blocks of a length, the last one shorter, and {@code inputs} at the end. */
    static int[] blocks(int inputs, int length) {
        int count = (inputs + length - 1) / length;
        return IntStream.rangeClosed(0, count).map(i -> Math.min(i * length, inputs)).toArray();
    }

    /** Starts of blocks of random length up to {@code longest}, and {@code inputs} at the end. */
    int[] unevenBlocks(int inputs, int longest) {
        IntStream.Builder starts = IntStream.builder();
        for (int start = 0; start < inputs; start += random.nextInt(1, longest + 1)) {
            starts.add(start);
        }
        starts.add(inputs);
        return starts.build().toArray();
    }

    /** {@code [tokens, outputs]} in double precision. */
    static double[] product(float[] x, int tokens, float[] w, int outputs, int inputs) {
        double[] y = new double[tokens * outputs];
        for (int t = 0; t < tokens; t++) {
            for (int o = 0; o < outputs; o++) {
                for (int i = 0; i < inputs; i++) {
                    y[t * outputs + o] += (double) x[t * inputs + i] * w[o * inputs + i];
                }
            }
        }
        return y;
    }

    static float[] absolute(float[] values) {
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.abs(result[i]);
        }
        return result;
    }

    /** All ways of multiplying four-bit weights by codes. */
    static List<KernelTuning> tunings() {
        int never = KernelTuning.NEVER;
        return List.of(tuning(0, never), tuning(never, 0), tuning(never, never));
    }

    private static KernelTuning tuning(int shortFrom, int tripleFrom) {
        return new KernelTuning(shortFrom, shortFrom, tripleFrom);
    }
}

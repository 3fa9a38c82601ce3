package io.agilelens.engine.kernel;

import io.agilelens.engine.task.Cancellation;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** Random operands for measurements, the same in every run. */
public final class BenchmarkOperands {

    /** Inputs of a group of weights. */
    public static final int GROUP = 32;

    /**
     * Of the 32 inputs of a group, in order of their shifts, those of shift 0, 1, 2 and 3: what
     * TRIP chose with 4 bits and K = 3 for all sites of the sample models, 31, 25, 42 and 2 of 100
     * channels.
     */
    private static final int[] INPUTS_OF_SHIFT = {10, 8, 13, 1};

    /** What a quantizer's range has to hold of normally distributed activations. */
    private static final double STANDARD_DEVIATIONS = 3;

    /** Numbers between two looks at the cancellation: less than a millisecond. */
    private static final int NUMBERS_PER_LOOK = 1 << 13;

    private final Random random = new Random(1);
    private final Cancellation cancellation;

    public BenchmarkOperands() {
        this(Cancellation.never());
    }

    /**
     * @param cancellation looked at while operands are made, which takes long of large ones
     */
    public BenchmarkOperands(Cancellation cancellation) {
        this.cancellation = cancellation;
    }

    private void look(int made) {
        if (made % NUMBERS_PER_LOOK == 0) {
            cancellation.check();
        }
    }

    /** Between −½ and ½. */
    public float[] floats(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            look(i);
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    /** In {@code smallest…largest}, both included, each as often. */
    public byte[] bytes(int count, int smallest, int largest) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            look(i);
            values[i] = (byte) random.nextInt(smallest, largest + 1);
        }
        return values;
    }

    /** What a quantizer of so many bits makes of normally distributed activations. */
    public byte[] codes(int count, int bits) {
        int largest = (1 << bits - 1) - 1;
        return normal(count, largest / STANDARD_DEVIATIONS, -largest - 1, largest);
    }

    /**
     * What rounding to nearest makes of normally distributed weights, 4 bits and groups of 32: the
     * expected range of 32 of them is 4.14 standard deviations.
     */
    public byte[] weights(int count) {
        return normal(count, 15 / 4.14, -8, 7);
    }

    private byte[] normal(int count, double deviation, int smallest, int largest) {
        byte[] codes = new byte[count];
        for (int i = 0; i < count; i++) {
            look(i);
            long code = Math.round(random.nextGaussian() * deviation);
            codes[i] = (byte) Math.clamp(code, smallest, largest);
        }
        return codes;
    }

    /** One scale as good as another. */
    public static float[] scales(int count) {
        float[] values = new float[count];
        Arrays.fill(values, 0.01f);
        return values;
    }

    /** Where groups start, and the end. */
    public static int[] groupStarts(int inputs) {
        return IntStream.rangeClosed(0, Math.ceilDiv(inputs, GROUP))
                .map(group -> Math.min(group * GROUP, inputs))
                .toArray();
    }

    /**
     * Runs of inputs that share group and shift, as {@link Kernels#packInt4} takes them.
     *
     * @param starts first input of each run and, last, the number of inputs
     * @param groups group of each run
     * @param shifts shift of each run
     */
    public record Runs(int[] starts, int[] groups, int[] shifts) {

        /** Groups without shifts. */
        public static Runs plain(int inputs) {
            int[] starts = groupStarts(inputs);
            int groups = starts.length - 1;
            return new Runs(starts, IntStream.range(0, groups).toArray(), new int[groups]);
        }

        /**
         * The shifts of TRIP in every group, ascending; a group that is not whole has the first.
         */
        public static Runs ofTrip(int inputs) {
            int most = Math.ceilDiv(inputs, GROUP) * INPUTS_OF_SHIFT.length;
            int[] starts = new int[most + 1];
            int[] groups = new int[most];
            int[] shifts = new int[most];
            int runs = 0;
            int start = 0;
            while (start < inputs) {
                int group = start / GROUP;
                for (int shift = 0; shift < INPUTS_OF_SHIFT.length && start < inputs; shift++) {
                    groups[runs] = group;
                    shifts[runs] = shift;
                    start = Math.min(inputs, start + INPUTS_OF_SHIFT[shift]);
                    starts[++runs] = start;
                }
            }
            return new Runs(
                    Arrays.copyOf(starts, runs + 1),
                    Arrays.copyOf(groups, runs),
                    Arrays.copyOf(shifts, runs));
        }

        public int groupCount() {
            return groups[groups.length - 1] + 1;
        }
    }
}

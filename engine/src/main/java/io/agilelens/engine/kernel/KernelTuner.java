package io.agilelens.engine.kernel;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Measures a {@link KernelTuning} on this machine, which takes some seconds. */
public final class KernelTuner {

    private static final int[] SEGMENT_LENGTHS = {32, 64, 128};

    private static final int TOKENS = 96;
    private static final int OUTPUTS = 768;
    private static final int INPUTS = 768;
    private static final int ROUNDS = 15;

    /** Of normally distributed weights, of which few reach the ends of their range. */
    private static final double WEIGHT_DEVIATION = 2;

    private static final long WARM_UP_NANOS = 1_200_000_000;

    /** What must be gained for the simpler way to be left. */
    private static final double GAIN = 1.03;

    private final int bits;
    private final Workers workers;
    private final SplittableRandom random = new SplittableRandom(1);

    /**
     * @param bits one of {@link KernelProvider#availableBits()}, not 0
     */
    public KernelTuner(int bits, Workers workers) {
        this.bits = bits;
        this.workers = workers;
    }

    /** The ways in turns, for each length of segments. */
    public KernelTuning measure(Progress progress, Cancellation cancellation) {
        int lengths = SEGMENT_LENGTHS.length;
        double[] shortsOfEight = new double[lengths];
        double[] shortsOfFour = new double[lengths];
        double[] triples = new double[lengths];
        Kernels shorts = kernels(0, 0);
        Kernels three = kernels(KernelTuning.NEVER, 0);
        Kernels one = kernels(KernelTuning.NEVER, KernelTuning.NEVER);
        for (int i = 0; i < lengths; i++) {
            progress.report("Choosing kernels", i, lengths);
            int length = SEGMENT_LENGTHS[i];
            // What longer segments go through is compiled by then.
            long warmUp = i == 0 ? WARM_UP_NANOS : WARM_UP_NANOS / 4;
            double[] eight =
                    times(
                            warmUp,
                            cancellation,
                            product(one, length, 8),
                            product(three, length, 8),
                            product(shorts, length, 8));
            triples[i] = 1 / eight[1];
            shortsOfEight[i] = Math.min(1, eight[1]) / eight[2];
            double[] four =
                    times(
                            warmUp,
                            cancellation,
                            product(one, length, 4),
                            product(shorts, length, 4));
            shortsOfFour[i] = 1 / four[1];
        }
        progress.report("Choosing kernels", lengths, lengths);
        return new KernelTuning(from(shortsOfEight), from(shortsOfFour), from(triples));
    }

    /**
     * The length from which on something is faster.
     *
     * @param gains of it over the simpler way at each length of segments, ascending
     */
    static int from(double[] gains) {
        int from = KernelTuning.NEVER;
        for (int i = gains.length - 1; i >= 0 && gains[i] > GAIN; i--) {
            // Halfway down to the length below, where the other way was faster.
            from = i == 0 ? 0 : (SEGMENT_LENGTHS[i - 1] + SEGMENT_LENGTHS[i]) / 2;
        }
        return from;
    }

    /** How many times as long as the first one each takes: medians of the ratios in rounds. */
    private static double[] times(long warmUp, Cancellation cancellation, Runnable... products) {
        for (Runnable product : products) {
            warmUp(product, warmUp, cancellation);
        }
        double[][] ratios = new double[products.length][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            cancellation.check();
            double first = nanoseconds(products[0]);
            ratios[0][round] = 1;
            for (int way = 1; way < products.length; way++) {
                ratios[way][round] = nanoseconds(products[way]) / first;
            }
        }
        return Arrays.stream(ratios).mapToDouble(way -> Quartiles.of(way).median()).toArray();
    }

    private Kernels kernels(int shortFrom, int tripleFrom) {
        KernelTuning tuning = new KernelTuning(shortFrom, shortFrom, tripleFrom);
        return new VectorKernels(bits, workers, () -> tuning);
    }

    private Runnable product(Kernels kernels, int length, int activationBits) {
        int largest = 1 << activationBits - 1;
        byte[] x = new byte[TOKENS * INPUTS];
        byte[] values = new byte[OUTPUTS * INPUTS];
        for (int i = 0; i < x.length; i++) {
            x[i] = (byte) random.nextInt(-largest, largest);
        }
        for (int i = 0; i < values.length; i++) {
            long value = Math.round(random.nextGaussian(0, WEIGHT_DEVIATION));
            values[i] = (byte) Math.clamp(value, -8, 7);
        }
        int groups = INPUTS / length;
        float[] scales = new float[OUTPUTS * groups];
        Arrays.fill(scales, 1);
        Int4Weights weights =
                kernels.packInt4(
                        values,
                        OUTPUTS,
                        INPUTS,
                        scales,
                        new byte[scales.length],
                        IntStream.rangeClosed(0, groups).map(group -> group * length).toArray(),
                        IntStream.range(0, groups).toArray(),
                        new int[groups],
                        activationBits);
        float[] y = new float[TOKENS * OUTPUTS];
        return () -> kernels.multiply(x, TOKENS, weights, y);
    }

    private static void warmUp(Runnable product, long nanos, Cancellation cancellation) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            cancellation.check();
            product.run();
        }
    }

    private static double nanoseconds(Runnable product) {
        long start = System.nanoTime();
        product.run();
        return System.nanoTime() - start;
    }
}

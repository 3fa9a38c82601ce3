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
    private static final long WARM_UP_NANOS = 1_200_000_000;

    /** What must be gained for the narrower case to be left. */
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

    /** Both ways in turns, for each length of segments. */
    public KernelTuning measure(Progress progress, Cancellation cancellation) {
        double[] gains = new double[SEGMENT_LENGTHS.length];
        for (int i = 0; i < gains.length; i++) {
            progress.report("Choosing kernels", i, gains.length);
            gains[i] = gain(SEGMENT_LENGTHS[i], cancellation);
        }
        progress.report("Choosing kernels", gains.length, gains.length);
        return choice(gains);
    }

    /**
     * @param gains of three in a double over one in a float at each length of segments, ascending
     */
    static KernelTuning choice(double[] gains) {
        int from = KernelTuning.NEVER;
        for (int i = gains.length - 1; i >= 0 && gains[i] > GAIN; i--) {
            // Halfway down to the length below, where the other way was faster.
            from = i == 0 ? 0 : (SEGMENT_LENGTHS[i - 1] + SEGMENT_LENGTHS[i]) / 2;
        }
        return new KernelTuning(from);
    }

    private double gain(int length, Cancellation cancellation) {
        Runnable single = product(new KernelTuning(KernelTuning.NEVER), length);
        Runnable triple = product(new KernelTuning(0), length);
        warmUp(single, cancellation);
        warmUp(triple, cancellation);
        double[] gains = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            cancellation.check();
            double one = nanoseconds(single);
            gains[round] = one / nanoseconds(triple);
        }
        return Quartiles.of(gains).median();
    }

    private Runnable product(KernelTuning tuning, int length) {
        VectorKernels kernels = new VectorKernels(bits, workers, () -> tuning);
        byte[] x = new byte[TOKENS * INPUTS];
        byte[] values = new byte[OUTPUTS * INPUTS];
        for (int i = 0; i < x.length; i++) {
            x[i] = (byte) random.nextInt(-128, 128);
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) random.nextInt(-8, 8);
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
                        8);
        float[] y = new float[TOKENS * OUTPUTS];
        return () -> kernels.multiply(x, TOKENS, weights, y);
    }

    private static void warmUp(Runnable product, Cancellation cancellation) {
        long end = System.nanoTime() + WARM_UP_NANOS;
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

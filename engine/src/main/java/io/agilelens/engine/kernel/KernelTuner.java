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

    /** Half-precision weights that no cache holds, 128 MiB. */
    private static final int STREAMED_OUTPUTS = 16384;

    private static final int STREAMED_INPUTS = 4096;

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

    /** Both ways in turns, for each length of segments and for weights from memory. */
    public KernelTuning measure(Progress progress, Cancellation cancellation) {
        double[] gains = new double[SEGMENT_LENGTHS.length];
        int total = gains.length + 1;
        for (int i = 0; i < gains.length; i++) {
            progress.report("Choosing kernels", i, total);
            gains[i] = tripleGain(SEGMENT_LENGTHS[i], cancellation);
        }
        progress.report("Choosing kernels", gains.length, total);
        double streamsGain = streamsGain(cancellation);
        progress.report("Choosing kernels", total, total);
        return choice(gains, streamsGain);
    }

    /**
     * @param gains of three in a double over one in a float at each length of segments, ascending
     * @param streamsGain of more streams over one
     */
    static KernelTuning choice(double[] gains, double streamsGain) {
        int from = KernelTuning.NEVER;
        for (int i = gains.length - 1; i >= 0 && gains[i] > GAIN; i--) {
            // Halfway down to the length below, where the other way was faster.
            from = i == 0 ? 0 : (SEGMENT_LENGTHS[i - 1] + SEGMENT_LENGTHS[i]) / 2;
        }
        return new KernelTuning(
                from, streamsGain > GAIN ? KernelTuning.MORE_STREAMS : KernelTuning.ONE_STREAM);
    }

    private double tripleGain(int length, Cancellation cancellation) {
        return gain(product(KernelTuning.NEVER, length), product(0, length), cancellation);
    }

    private double streamsGain(Cancellation cancellation) {
        VectorKernels kernels = new VectorKernels(bits, workers);
        FloatMultiplication.Fp16 weights =
                (FloatMultiplication.Fp16)
                        kernels.packFp16(
                                (_, count, target) -> {
                                    cancellation.check();
                                    Arrays.fill(target, 0, count * STREAMED_INPUTS, 0.5f);
                                },
                                STREAMED_OUTPUTS,
                                STREAMED_INPUTS);
        float[] x = new float[STREAMED_INPUTS];
        float[] y = new float[STREAMED_OUTPUTS];
        Fp16Weights one = weights.withStreams(KernelTuning.ONE_STREAM);
        Fp16Weights more = weights.withStreams(KernelTuning.MORE_STREAMS);
        return gain(
                () -> kernels.multiply(x, 1, one, y),
                () -> kernels.multiply(x, 1, more, y),
                cancellation);
    }

    /** How many times as fast the second one is. */
    private static double gain(Runnable first, Runnable second, Cancellation cancellation) {
        warmUp(first, cancellation);
        warmUp(second, cancellation);
        double[] gains = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            cancellation.check();
            double one = nanoseconds(first);
            gains[round] = one / nanoseconds(second);
        }
        return Quartiles.of(gains).median();
    }

    private Runnable product(int tripleFrom, int length) {
        KernelTuning tuning = new KernelTuning(tripleFrom, KernelTuning.ONE_STREAM);
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

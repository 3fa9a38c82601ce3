package io.agilelens.engine.kernel;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * What this machine can do at best: the two roofs of a roofline plot. Both are measured, each the
 * best of several repetitions, for a roof is what other load takes away from.
 *
 * @param vectorBits width of the vectors, 0 for scalar code
 * @param threads threads that ran at once
 * @param gigaFlops 10^9 floating-point operations a second; a multiply-add counts two
 * @param gigabytesPerSecond 10^9 bytes a second read from main memory
 */
public record MachinePeak(
        int vectorBits, int threads, double gigaFlops, double gigabytesPerSecond) {

    /** Floats streamed: 128 MiB, several times the caches of a desktop processor. */
    private static final int STREAM_LENGTH = 1 << 25;

    private static final int STREAM_PIECE = 1 << 18;

    private static final int STEPS = 200_000;

    private static final int REPETITIONS = 12;

    /**
     * Measures for about a second.
     *
     * @param bits one of {@link KernelProvider#availableBits()}
     * @param workers as many threads as run at once
     */
    public static MachinePeak measure(
            int bits, Workers workers, Progress progress, Cancellation cancellation) {
        PeakLoops loops = KernelProvider.peakLoops(bits);
        DoubleAdder results = new DoubleAdder();
        float[] stream = new float[STREAM_LENGTH];
        Arrays.fill(stream, 1);
        double operations = 2.0 * STEPS * loops.multiplicationsPerStep() * workers.threads();
        double gigaFlops = 0;
        double gigabytes = 0;
        for (int i = 0; i < REPETITIONS; i++) {
            cancellation.check();
            progress.report("Measuring the machine's peak", i, REPETITIONS);
            gigaFlops = Math.max(gigaFlops, operations / multiplyAdd(loops, workers, results));
            double bytes = (double) Float.BYTES * STREAM_LENGTH;
            gigabytes = Math.max(gigabytes, bytes / stream(loops, workers, stream, results));
        }
        progress.report("Measuring the machine's peak", REPETITIONS, REPETITIONS);
        if (Double.isNaN(results.sum())) { // the loops must not be optimised away
            throw new IllegalStateException("the peak loops went astray");
        }
        return new MachinePeak(bits, workers.threads(), gigaFlops, gigabytes);
    }

    /**
     * @return nanoseconds
     */
    private static long multiplyAdd(PeakLoops loops, Workers workers, DoubleAdder results) {
        long start = System.nanoTime();
        workers.forRanges(
                workers.threads(),
                1,
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        results.add(loops.multiplyAdd(STEPS, 0.5f));
                    }
                });
        return System.nanoTime() - start;
    }

    /**
     * @return nanoseconds
     */
    private static long stream(
            PeakLoops loops, Workers workers, float[] stream, DoubleAdder results) {
        long start = System.nanoTime();
        workers.forRanges(
                STREAM_LENGTH / STREAM_PIECE,
                1,
                (from, to) ->
                        results.add(loops.sum(stream, from * STREAM_PIECE, to * STREAM_PIECE)));
        return System.nanoTime() - start;
    }
}

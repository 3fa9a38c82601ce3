package io.agilelens.engine.kernel;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * Measures what this machine gives right now: multiply-adds and bytes from memory, with as many
 * threads as the kernels have. What is measured beside it in the same round can be set against it,
 * however busy the machine is. Remembers the best of all: the machine's two roofs. For one thread.
 */
public final class MachineMeter {

    /** Enough for a few milliseconds, beside which waking a thread is nothing. */
    private static final int STEPS = 1_000_000;

    private static final int ATTEMPTS = 3;
    private static final int WARM_UP_LENGTH = 4096;
    private static final long WARM_UP_NANOS = 300_000_000;

    /** Half a gibibyte, which is more than most caches hold. */
    private static final long MAIN_MEMORY_BYTES = 1L << 29;

    private static final int FEWEST_FLOATS = 1 << 16;
    private static final int LONGEST_PIECE = 1 << 16;

    /** Floats, a power of two. */
    private static final int CHUNK = 1 << 22;

    private static final int PIECES_PER_THREAD = 8;
    private static final int ROUNDS_OF_PEAK = 8;

    private final int bits;
    private final Workers workers;
    private final PeakLoops loops;
    private final DoubleAdder results = new DoubleAdder();

    /** What is read from memory, in chunks that are soon made. */
    private final List<float[]> stream = new ArrayList<>();

    private double bestGigaFlops;
    private double mainMemory;

    /**
     * @param bits one of {@link KernelProvider#availableBits()}
     * @param workers as many threads as run at once
     */
    public MachineMeter(int bits, Workers workers) {
        this.bits = bits;
        this.workers = workers;
        this.loops = KernelProvider.peakLoops(bits);
        warmUp();
    }

    /** The first figures would be those of the interpreter. */
    private void warmUp() {
        float[] x = new float[WARM_UP_LENGTH];
        long end = System.nanoTime() + WARM_UP_NANOS;
        while (System.nanoTime() < end) {
            Cancellation.current().check();
            results.add(loops.multiplyAdd(WARM_UP_LENGTH, 0.5f));
            results.add(loops.sum(x, 0, x.length));
        }
    }

    /** 10^9 floating-point operations a second; a multiply-add counts two. */
    public double gigaFlops() {
        double operations = 2.0 * STEPS * loops.multiplicationsPerStep() * workers.threads();
        double best = 0;
        for (int i = 0; i < ATTEMPTS; i++) {
            best = Math.max(best, operations / multiplyAdd());
        }
        bestGigaFlops = Math.max(bestGigaFlops, best);
        return best;
    }

    /**
     * 10^9 bytes a second of a loop that reads the same bytes again and again: from a cache if one
     * holds them, from main memory if none does. More than half a gibibyte, or a quarter of the
     * free heap, counts as that much.
     *
     * @param workingSet bytes
     */
    public double gigabytesPerSecond(long workingSet) {
        long most = largestStream();
        int floats = (int) Math.max(FEWEST_FLOATS, Math.min(workingSet / Float.BYTES, most));
        while (stream.size() * (long) CHUNK < floats) {
            Cancellation.current().check();
            float[] chunk = new float[CHUNK];
            Arrays.fill(chunk, 1);
            stream.add(chunk);
        }
        sum(floats); // what a cache can hold is there from now on
        double best = 0;
        for (int i = 0; i < ATTEMPTS - 1; i++) {
            best = Math.max(best, (double) Float.BYTES * floats / sum(floats));
        }
        if (floats == most) {
            mainMemory = Math.max(mainMemory, best);
        }
        return best;
    }

    /** Floats that stand for main memory. */
    private long largestStream() {
        Runtime runtime = Runtime.getRuntime();
        long free = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
        long held = stream.size() * (long) CHUNK;
        long most = Math.min(MAIN_MEMORY_BYTES, (free + Float.BYTES * held) / 4) / Float.BYTES;
        return Math.max(held, most);
    }

    /**
     * The machine's two roofs: the best of all that was measured so far and of a second's
     * measurements now.
     */
    public MachinePeak peak(Progress progress, Cancellation cancellation) {
        for (int i = 0; i < ROUNDS_OF_PEAK; i++) {
            cancellation.check();
            progress.report("measuring the machine's peak", i, ROUNDS_OF_PEAK);
            gigaFlops();
            gigabytesPerSecond(Long.MAX_VALUE);
        }
        progress.report("measuring the machine's peak", ROUNDS_OF_PEAK, ROUNDS_OF_PEAK);
        return new MachinePeak(bits, workers.threads(), bestGigaFlops, mainMemory);
    }

    /**
     * @return nanoseconds
     */
    private long multiplyAdd() {
        // One call a thread: of many short ones the compiler takes the loop into its caller after a
        // while, where it runs a third slower.
        long start = System.nanoTime();
        workers.forRanges(
                workers.threads(),
                1,
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        results.add(loops.multiplyAdd(STEPS, 0.5f));
                    }
                });
        return elapsed(start);
    }

    /**
     * @return nanoseconds
     */
    private long sum(int floats) {
        int share = Math.ceilDiv(floats, PIECES_PER_THREAD * workers.threads());
        int piece = Math.min(LONGEST_PIECE, Integer.highestOneBit(share)); // none is in two chunks
        long start = System.nanoTime();
        workers.forRanges(
                Math.ceilDiv(floats, piece),
                1,
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        int first = i * piece;
                        int count = Math.min(piece, floats - first);
                        int at = first % CHUNK;
                        results.add(loops.sum(stream.get(first / CHUNK), at, at + count));
                    }
                });
        return elapsed(start);
    }

    private long elapsed(long start) {
        long nanoseconds = System.nanoTime() - start;
        if (Double.isNaN(results.sum())) { // the loops must not be optimised away
            throw new IllegalStateException("the peak loops went astray");
        }
        return nanoseconds;
    }
}

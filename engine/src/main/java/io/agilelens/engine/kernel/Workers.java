package io.agilelens.engine.kernel;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed number of threads that share a loop. The calling thread is one of them, so with one
 * worker everything runs inline. Several threads may call at once; a call from inside a body runs
 * inline. The threads are daemons.
 *
 * <p>The loops of one token last only tens of microseconds, as long as waking a thread takes. So a
 * thread that has just helped looks out for the next loop for a moment before it sleeps, and so
 * does a caller for its helpers to finish; where there are more threads than processors, both sleep
 * at once.
 */
public final class Workers implements AutoCloseable {

    /** System property with the number of threads of {@link #shared()}. */
    public static final String PROPERTY = "agilelens.threads";

    /** A piece of a loop. */
    @FunctionalInterface
    public interface RangeBody {

        /** Does the iterations {@code from ≤ i < to}. */
        void run(int from, int to);
    }

    /** A piece of a loop over what its caller keeps: such a body captures nothing. */
    @FunctionalInterface
    public interface PieceOf<T> {

        /** Does the iterations {@code from ≤ i < to}. */
        void run(T operands, int from, int to);
    }

    /** Numbers that a simple loop passes over in a few microseconds. */
    private static final int NUMBERS_PER_PIECE = 1 << 13;

    /** More pieces than threads, so that a thread that was held up costs little. */
    private static final int PIECES_PER_THREAD = 4;

    /** How long a thread looks out before it sleeps: several times what lies between two loops. */
    private static final long LOOKOUT_NANOS = 200_000;

    /** Looks between two at the clock. */
    private static final int LOOKS = 32;

    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    /** What the thread does {@linkplain #together together} with other threads. */
    private static final ThreadLocal<Object> TOGETHER = new ThreadLocal<>();

    private static Workers shared;

    private final int threads;
    private final boolean looksOut;
    private final Helper[] helpers;

    /** Loops with pieces that nobody has begun, or that had some a moment ago. */
    private final ConcurrentLinkedQueue<Loop<?>> open = new ConcurrentLinkedQueue<>();

    private volatile boolean closed;

    private Workers(int threads) {
        this.threads = threads;
        this.looksOut = threads <= Runtime.getRuntime().availableProcessors();
        this.helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper("kernel-" + (i + 1));
        }
        for (Helper helper : helpers) {
            helper.start();
        }
    }

    /**
     * Workers for a measurement or a test; {@link #close()} ends their threads.
     *
     * @param threads at least 1, the caller included
     */
    public static Workers of(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        return new Workers(threads);
    }

    /**
     * The workers of the program: one for each processor, or as many as {@value #PROPERTY} says.
     *
     * @throws UserException if {@value #PROPERTY} is not a positive number
     */
    public static synchronized Workers shared() {
        if (shared == null) {
            shared = of(threadsFrom(System.getProperty(PROPERTY)));
        }
        return shared;
    }

    static int threadsFrom(String property) {
        if (property == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            int threads = Integer.parseInt(property);
            if (threads >= 1) {
                return threads;
            }
        } catch (NumberFormatException e) {
            // told below, as for a number below 1
        }
        throw new UserException(
                "-D%s=%s is not a number of threads: give 1 or more".formatted(PROPERTY, property));
    }

    /** Threads that share a loop, the caller included. */
    public int threads() {
        return threads;
    }

    /**
     * Fewest iterations worth a piece of a loop that does little with each number it passes over.
     *
     * @param numbers of an iteration
     */
    public static int grain(long numbers) {
        return (int) Math.max(1, NUMBERS_PER_PIECE / Math.max(1, numbers));
    }

    /**
     * As {@link #forRanges}, one iteration after the other.
     *
     * @param grain fewest iterations worth a piece, at least 1
     */
    public void forEach(int count, int grain, IntConsumer body) {
        forRanges(count, grain, body, Workers::forEachOf);
    }

    private static void forEachOf(IntConsumer body, int from, int to) {
        for (int i = from; i < to; i++) {
            body.accept(i);
        }
    }

    /**
     * Runs a body over {@code 0 ≤ i < count} in pieces and returns when all are done. The first
     * exception of a body reaches the caller; pieces not begun by then are dropped, as they are
     * once the caller's {@link Cancellation#current()} asks for it. Each thread begins with a
     * stretch of neighbouring pieces of its own and helps the others when that is done.
     *
     * @param grain fewest iterations worth a piece, at least 1
     */
    public void forRanges(int count, int grain, RangeBody body) {
        forRanges(count, grain, body, RangeBody::run);
    }

    /**
     * As {@link #forRanges(int, int, RangeBody)} with a body that is told what it works on. Where
     * the calling thread does all by itself, nothing is allocated.
     *
     * @param operands stay as they are until the loop is done
     */
    public <T> void forRanges(int count, int grain, T operands, PieceOf<T> body) {
        int pieces = Math.min(Math.ceilDiv(count, grain), threads * PIECES_PER_THREAD);
        if (pieces <= 1 || INSIDE.get()) {
            if (count > 0) {
                body.run(operands, 0, count);
            }
            return;
        }
        if (threads == 1 || closed) {
            Cancellation cancellation = Cancellation.current();
            for (int piece = 0; piece < pieces; piece++) {
                cancellation.check();
                body.run(
                        operands,
                        Loop.start(count, pieces, piece),
                        Loop.start(count, pieces, piece + 1));
            }
            return;
        }
        Loop<T> loop = open(count, pieces, operands, body);
        runInside(loop);
        awaitEnd(loop);
        loop.tellFailure();
    }

    /** Lets helpers come to a loop. */
    private <T> Loop<T> open(int count, int pieces, T operands, PieceOf<T> body) {
        int stretches = Math.min(threads, pieces);
        Thread caller = Thread.currentThread();
        var loop = new Loop<>(count, pieces, stretches, operands, body, caller, TOGETHER.get());
        open.add(loop);
        wake(stretches - 1);
        return loop;
    }

    private void runInside(Loop<?> loop) {
        INSIDE.set(true);
        try {
            loop.run();
        } finally {
            INSIDE.set(false);
        }
        open.remove(loop);
    }

    /**
     * Does a few things at a time whose own loops all threads share: none waits for the end of one
     * loop before it begins another, as it would if they were done one after the other. For short
     * ones; each thread that begins one keeps buffers of its own for it.
     */
    public void together(int count, IntConsumer body) {
        if (count <= 1 || !looksOut || threads == 1 || closed || INSIDE.get()) {
            forEachOf(body, 0, count);
            return;
        }
        Cancellation cancellation = Cancellation.current();
        Loop<IntConsumer> loop =
                open(count, count, body, (of, from, to) -> begin(of, from, to, cancellation));
        loop.run();
        open.remove(loop);
        help(loop, body);
        awaitEnd(loop);
        loop.tellFailure();
    }

    /** The loops of what is done are shared out, though it is itself a piece of one. */
    private static void begin(IntConsumer together, int from, int to, Cancellation cancellation) {
        boolean inside = INSIDE.get();
        INSIDE.set(false);
        TOGETHER.set(together);
        try {
            if (Cancellation.current() == cancellation) {
                forEachOf(together, from, to);
            } else {
                cancellation.during(
                        () -> {
                            forEachOf(together, from, to);
                            return null;
                        });
            }
        } finally {
            TOGETHER.set(null);
            INSIDE.set(inside);
        }
    }

    /** While the others do the last of what is done together, its loops get the caller's help. */
    private void help(Loop<?> loop, Object together) {
        Lookout lookout = new Lookout();
        while (!loop.isDone() && lookout.goesOn()) {
            Loop<?> next = open.peek();
            if (next != null && next.isWithin(together)) {
                runInside(next);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Helpers that look out come by themselves; what is missing is taken from those asleep. */
    private void wake(int wanted) {
        int missing = wanted;
        for (int i = 0; i < helpers.length && missing > 0; i++) {
            if (!helpers[i].busy) {
                missing--;
                if (helpers[i].asleep.compareAndSet(true, false)) {
                    LockSupport.unpark(helpers[i]);
                }
            }
        }
    }

    private void awaitEnd(Loop<?> loop) {
        if (looksOut) {
            Lookout lookout = new Lookout();
            while (!loop.isDone() && lookout.goesOn()) {
                Thread.onSpinWait();
            }
        }
        boolean interrupted = false;
        loop.callerSleeps = true;
        while (!loop.isDone()) {
            LockSupport.park(loop);
            interrupted |= Thread.interrupted(); // bodies still write to the caller's arrays
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Helper helper : helpers) {
            helper.asleep.set(false);
            LockSupport.unpark(helper);
        }
    }

    /** A stretch of time that is looked at only now and then, for a look takes time itself. */
    private static final class Lookout {
        private final long end = System.nanoTime() + LOOKOUT_NANOS;
        private int looks;

        boolean goesOn() {
            return ++looks % LOOKS != 0 || System.nanoTime() < end;
        }
    }

    private final class Helper extends Thread {
        private final AtomicBoolean asleep = new AtomicBoolean();
        private volatile boolean busy;

        Helper(String name) {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            INSIDE.set(true);
            while (!closed || open.peek() != null) {
                Loop<?> loop = open.peek();
                if (loop == null) {
                    waitForLoop();
                    continue;
                }
                busy = true;
                loop.run();
                open.remove(loop);
                busy = false;
            }
        }

        private void waitForLoop() {
            if (looksOut) {
                Lookout lookout = new Lookout();
                while (open.peek() == null && !closed && lookout.goesOn()) {
                    Thread.onSpinWait();
                }
            }
            asleep.set(true);
            while (asleep.get() && open.peek() == null && !closed) {
                LockSupport.park(Workers.this);
            }
            asleep.set(false);
        }
    }
}

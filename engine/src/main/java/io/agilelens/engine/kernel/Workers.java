package io.agilelens.engine.kernel;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A fixed number of threads that share a loop. The calling thread is one of them, so with one
 * worker everything runs inline. Several threads may call at once; a call from inside a body runs
 * inline. The threads are daemons.
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

    /** More pieces than threads, so that a thread that was held up costs little. */
    private static final int PIECES_PER_THREAD = 4;

    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    private static Workers shared;

    private final int threads;
    private final ExecutorService helpers;

    private Workers(int threads) {
        this.threads = threads;
        this.helpers =
                threads == 1
                        ? null
                        : Executors.newFixedThreadPool(
                                threads - 1,
                                Thread.ofPlatform().daemon().name("kernel-", 1).factory());
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
     * Runs a body over {@code 0 ≤ i < count} in pieces and returns when all are done. The first
     * exception of a body reaches the caller; pieces not begun by then are dropped, as they are
     * once the caller's {@link Cancellation#current()} asks for it.
     *
     * @param grain fewest iterations worth a piece, at least 1
     */
    public void forRanges(int count, int grain, RangeBody body) {
        int share = (count + threads * PIECES_PER_THREAD - 1) / (threads * PIECES_PER_THREAD);
        int pieceLength = Math.max(grain, share);
        int pieces = (count + pieceLength - 1) / pieceLength;
        if (pieces <= 1 || INSIDE.get()) {
            if (count > 0) {
                body.run(0, count);
            }
            return;
        }
        if (helpers == null) {
            for (int from = 0; from < count; from += pieceLength) {
                Cancellation.current().check();
                body.run(from, Math.min(count, from + pieceLength));
            }
            return;
        }
        Loop loop = new Loop(count, pieceLength, pieces, body);
        int wanted = Math.min(threads, pieces) - 1;
        for (int i = 0; i < wanted; i++) {
            helpers.execute(loop);
        }
        loop.run();
        loop.await();
    }

    @Override
    public void close() {
        if (helpers != null) {
            helpers.shutdown();
        }
    }

    private static final class Loop implements Runnable {
        private final int count;
        private final int pieceLength;
        private final int pieces;
        private final RangeBody body;
        private final Cancellation cancellation = Cancellation.current();
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch unfinished;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Loop(int count, int pieceLength, int pieces, RangeBody body) {
            this.count = count;
            this.pieceLength = pieceLength;
            this.pieces = pieces;
            this.body = body;
            this.unfinished = new CountDownLatch(pieces);
        }

        @Override
        public void run() {
            INSIDE.set(true);
            try {
                for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                    runPiece(i);
                    unfinished.countDown();
                }
            } finally {
                INSIDE.set(false);
            }
        }

        private void runPiece(int piece) {
            if (failure.get() != null) {
                return;
            }
            int from = piece * pieceLength;
            try {
                cancellation.check();
                body.run(from, Math.min(count, from + pieceLength));
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        }

        void await() {
            boolean interrupted = false;
            while (true) {
                try {
                    unfinished.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true; // bodies still write to the caller's arrays
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }
}

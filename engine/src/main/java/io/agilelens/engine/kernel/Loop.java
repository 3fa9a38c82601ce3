package io.agilelens.engine.kernel;

import io.agilelens.engine.task.Cancellation;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A loop that threads share, see {@link Workers}. Its pieces are cut into as many stretches as
 * threads are wanted. A thread works through a stretch from the front, since memory delivers
 * neighbours fastest, and then takes what is left of the others.
 */
final class Loop<T> {

    /** Counters that several threads count with stand in cache lines of their own. */
    private static final int SPACING = 16;

    private final int count;
    private final int pieces;
    private final int stretches;
    private final T operands;
    private final Workers.PieceOf<T> body;
    private final Thread caller;
    private final Object within;
    private final Cancellation cancellation = Cancellation.current();
    private final AtomicInteger arrivals = new AtomicInteger();
    private final AtomicInteger unfinished;
    private final AtomicIntegerArray taken;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** Whether the last thread to finish must wake the caller. */
    volatile boolean callerSleeps;

    /**
     * @param within what its caller does {@linkplain Workers#together together} with something
     *     else, or null
     */
    Loop(
            int count,
            int pieces,
            int stretches,
            T operands,
            Workers.PieceOf<T> body,
            Thread caller,
            Object within) {
        this.count = count;
        this.pieces = pieces;
        this.stretches = stretches;
        this.operands = operands;
        this.body = body;
        this.caller = caller;
        this.within = within;
        this.unfinished = new AtomicInteger(pieces);
        this.taken = new AtomicIntegerArray(stretches * SPACING);
    }

    /** Does pieces until none is left to begin. */
    void run() {
        int first = arrivals.getAndIncrement();
        for (int i = 0; i < stretches; i++) {
            runStretch((first + i) % stretches);
        }
    }

    private void runStretch(int stretch) {
        int start = start(pieces, stretches, stretch);
        int length = start(pieces, stretches, stretch + 1) - start;
        int counter = stretch * SPACING;
        while (taken.get(counter) < length) {
            int place = taken.getAndIncrement(counter);
            if (place < length) {
                runPiece(start + place);
            }
        }
    }

    private void runPiece(int piece) {
        if (failure.get() == null) {
            try {
                cancellation.check();
                body.run(operands, start(count, pieces, piece), start(count, pieces, piece + 1));
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        }
        if (unfinished.decrementAndGet() == 0 && callerSleeps) {
            LockSupport.unpark(caller);
        }
    }

    /** Where a part begins when a whole is cut as evenly as can be. */
    static int start(int whole, int parts, int part) {
        return (int) ((long) whole * part / parts);
    }

    boolean isWithin(Object together) {
        return within == together;
    }

    boolean isDone() {
        return unfinished.get() == 0;
    }

    void tellFailure() {
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}

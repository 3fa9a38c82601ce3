package io.agilelens.engine.task;

import java.util.concurrent.CancellationException;

/**
 * Asks running work to stop. The work looks at it at least once a layer and leaves by {@link
 * CancellationException}; what it had computed so far is dropped. Loops far below, which are handed
 * no cancellation, look at the one {@link #during} which they run.
 */
public final class Cancellation {
    private static final ScopedValue<Cancellation> CURRENT = ScopedValue.newInstance();
    private static final Cancellation NEVER = never();

    private final Runnable listener;
    private volatile boolean cancelled;

    public Cancellation() {
        this(() -> {});
    }

    /**
     * @param listener called by whoever cancels, at once
     */
    public Cancellation(Runnable listener) {
        this.listener = listener;
    }

    /** Asks the work to stop; safe from any thread, any number of times. */
    public void cancel() {
        cancelled = true;
        listener.run();
    }

    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * @throws CancellationException if {@link #cancel()} was called
     */
    public void check() {
        if (cancelled) {
            throw new CancellationException("cancelled");
        }
    }

    /**
     * Does work during which this is the thread's {@link #current()} cancellation.
     *
     * @throws X what the work throws
     */
    public <T, X extends Throwable> T during(ScopedValue.CallableOp<T, X> work) throws X {
        return ScopedValue.where(CURRENT, this).call(work);
    }

    /**
     * The cancellation during which this thread works; one that nobody cancels if there is none.
     */
    public static Cancellation current() {
        return CURRENT.orElse(NEVER);
    }

    /** A token for work that nobody will cancel. */
    public static Cancellation never() {
        return new Cancellation();
    }
}

package io.agilelens.engine.task;

import java.util.concurrent.CancellationException;

/**
 * Asks running work to stop. The work looks at it at least once a layer and leaves by {@link
 * CancellationException}; what it had computed so far is dropped.
 */
public final class Cancellation {
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

    /** A token for work that nobody will cancel. */
    public static Cancellation never() {
        return new Cancellation();
    }
}

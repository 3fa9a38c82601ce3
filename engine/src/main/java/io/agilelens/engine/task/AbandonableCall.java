package io.agilelens.engine.task;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A call of somebody else's code that takes long and cannot be stopped, on a thread of its own.
 * Whoever cancels does not wait for its end: the call is left behind as an idle thread, so that it
 * has a core only while nobody else wants that, and what it gives is closed. It should be a single
 * native call: while other programs take all cores, whatever waits for that thread waits long.
 *
 * @param <T> what the call gives
 */
public final class AbandonableCall<T> {

    /** Between two looks at the cancellation. */
    private static final long LOOK_MILLIS = 2;

    private final FutureTask<T> task;
    private final Consumer<T> closing;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean abandoned;
    private volatile NativeThread thread;

    private AbandonableCall(Supplier<T> call, Consumer<T> closing) {
        this.task = new FutureTask<>(call::get);
        this.closing = closing;
    }

    /**
     * Makes a call and waits for it, but no longer than until {@link Cancellation#current()} asks
     * to stop.
     *
     * @param name of the thread
     * @param closing what becomes of a result that nobody waits for any more
     * @return what the call gave; what it threw is thrown here
     * @throws java.util.concurrent.CancellationException if the caller's work was cancelled
     */
    public static <T> T of(String name, Supplier<T> call, Consumer<T> closing) {
        Cancellation cancellation = Cancellation.current();
        cancellation.check();
        AbandonableCall<T> made = new AbandonableCall<>(call, closing);
        Thread.ofPlatform().daemon().name(name).start(made::run);
        return made.await(cancellation);
    }

    private void run() {
        thread = NativeThread.current();
        if (!abandoned) {
            task.run();
        }
        if (abandoned) {
            closeOnce();
        }
    }

    private T await(Cancellation cancellation) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException stillRunning) {
                    if (cancellation.isCancelled()) {
                        abandon();
                        cancellation.check();
                    }
                } catch (InterruptedException e) {
                    interrupted = true; // the call cannot be interrupted either
                }
            }
        } catch (ExecutionException thrown) {
            throw unchecked(thrown.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (RuntimeException) thrown; // a supplier throws nothing else
    }

    private void abandon() {
        abandoned = true;
        NativeThread begun = thread;
        if (begun != null) { // the first time in a program takes a tenth of a second
            Thread.ofPlatform().daemon().name("abandoning").start(begun::becomeIdle);
        }
        if (task.isDone()) {
            closeOnce();
        }
    }

    /** The thread that leaves and the one that is left may both find that it is theirs to do. */
    private void closeOnce() {
        if (closed.compareAndSet(false, true) && task.state() == Future.State.SUCCESS) {
            closing.accept(task.resultNow());
        }
    }
}

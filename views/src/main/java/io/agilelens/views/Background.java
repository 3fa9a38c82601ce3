package io.agilelens.views;

import io.agilelens.engine.task.Cancellation;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.application.Platform;

/**
 * Prepares pictures away from the JavaFX thread. Of several requests under one key only the latest
 * is delivered; what it makes stale is skipped, or cancelled where it runs already and looks at
 * {@link Cancellation#current()}. A failure reaches the JavaFX thread's exception handler, so that
 * it is seen and not lost.
 */
public final class Background {
    private static final ExecutorService PICTURES = worker("picture preparation");

    /** Reads what may take seconds, so that no picture waits for it. */
    private static final ExecutorService READING = worker("reading for pictures");

    // Keys are compared by identity or by their equals; a view that is gone takes its entry along.
    private static final Map<Object, Requests> NEWEST = new WeakHashMap<>();

    private Background() {}

    /** What was asked for under a key. */
    private static final class Requests {
        private Cancellation newest = new Cancellation();

        /** Takes the place of what was asked for before. */
        synchronized Cancellation supersede() {
            newest.cancel();
            newest = new Cancellation();
            return newest;
        }
    }

    private static ExecutorService worker(String name) {
        return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
    }

    /**
     * Computes something and hands it over; call on the JavaFX thread.
     *
     * @param key who asks and for what; held weakly, so keep it for as long as answers are wanted
     * @param supplier the work, on another thread
     * @param consumer gets the result on the JavaFX thread, unless a newer request came
     */
    public static <T> void latest(Object key, Supplier<T> supplier, Consumer<T> consumer) {
        submit(PICTURES, key, supplier, consumer);
    }

    /** As {@link #latest} for work that may take seconds, beside the pictures. */
    public static <T> void lengthy(Object key, Supplier<T> supplier, Consumer<T> consumer) {
        submit(READING, key, supplier, consumer);
    }

    /** Gives up what was asked for under a key; nothing of it is delivered any more. */
    public static void drop(Object key) {
        requests(key).supersede();
    }

    /** Gives up all that was asked for: the window that would show it is gone. */
    public static void dropAll() {
        synchronized (NEWEST) {
            NEWEST.values().forEach(Requests::supersede);
        }
    }

    private static Requests requests(Object key) {
        synchronized (NEWEST) {
            return NEWEST.computeIfAbsent(key, unseen -> new Requests());
        }
    }

    private static <T> void submit(
            ExecutorService worker, Object key, Supplier<T> supplier, Consumer<T> consumer) {
        Cancellation mine = requests(key).supersede();
        worker.execute(
                () -> {
                    if (mine.isCancelled()) {
                        return;
                    }
                    try {
                        T result = mine.during(supplier::get);
                        deliver(mine, () -> consumer.accept(result));
                    } catch (RuntimeException | Error failure) {
                        deliver(mine, () -> rethrow(failure));
                    }
                });
    }

    /** Waits, on any thread but JavaFX's, until everything asked for so far was handed over. */
    public static void awaitIdle() throws InterruptedException {
        for (ExecutorService worker : List.of(READING, PICTURES)) {
            CountDownLatch delivered = new CountDownLatch(1);
            worker.execute(() -> Platform.runLater(delivered::countDown));
            if (!delivered.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("picture preparation hangs");
            }
        }
    }

    private static void deliver(Cancellation mine, Runnable delivery) {
        Platform.runLater(
                () -> {
                    if (!mine.isCancelled()) {
                        delivery.run();
                    }
                });
    }

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalStateException(failure);
        }
    }
}

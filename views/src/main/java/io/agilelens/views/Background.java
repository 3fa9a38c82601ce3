package io.agilelens.views;

import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.application.Platform;

/**
 * Prepares pictures away from the JavaFX thread. Of several requests under one key only the latest
 * is delivered; what it makes stale is skipped where that is still possible. A failure reaches the
 * JavaFX thread's exception handler, so that it is seen and not lost.
 */
public final class Background {
    private static final ExecutorService WORKER =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("picture preparation").factory());

    // Keys are compared by identity or by their equals; a view that is gone takes its entry along.
    private static final Map<Object, AtomicInteger> NEWEST = new WeakHashMap<>();

    private Background() {}

    /**
     * Computes something and hands it over; call on the JavaFX thread.
     *
     * @param key who asks and for what; held weakly, so keep it for as long as answers are wanted
     * @param supplier the work, on another thread
     * @param consumer gets the result on the JavaFX thread, unless a newer request came
     */
    public static <T> void latest(Object key, Supplier<T> supplier, Consumer<T> consumer) {
        AtomicInteger newest;
        synchronized (NEWEST) {
            newest = NEWEST.computeIfAbsent(key, unseen -> new AtomicInteger());
        }
        int mine = newest.incrementAndGet();
        WORKER.execute(
                () -> {
                    if (mine != newest.get()) {
                        return;
                    }
                    try {
                        T result = supplier.get();
                        deliver(newest, mine, () -> consumer.accept(result));
                    } catch (RuntimeException | Error failure) {
                        deliver(newest, mine, () -> rethrow(failure));
                    }
                });
    }

    /** Waits, on any thread but JavaFX's, until everything asked for so far was handed over. */
    public static void awaitIdle() throws InterruptedException {
        var delivered = new java.util.concurrent.CountDownLatch(1);
        WORKER.execute(() -> Platform.runLater(delivered::countDown));
        if (!delivered.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("picture preparation hangs");
        }
    }

    private static void deliver(AtomicInteger newest, int mine, Runnable delivery) {
        Platform.runLater(
                () -> {
                    if (mine == newest.get()) {
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

package io.agilelens.app.window;

import io.agilelens.engine.UserException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import javafx.application.Platform;

/** Drives a window without a display, from a thread that is not JavaFX's. */
final class HeadlessToolkit {
    private static final long PATIENCE_SECONDS = 300;

    private HeadlessToolkit() {}

    /** Starts JavaFX without a display; once in a process. */
    static void start() throws InterruptedException {
        System.setProperty("glass.platform", "Headless");
        CompletableFuture<Void> started = new CompletableFuture<>();
        Platform.startup(() -> started.complete(null));
        get(started);
    }

    /**
     * Starts JavaFX without a display but with a screen of its own size; once in a process.
     *
     * @param screen what windows have room on
     */
    static void start(HeadlessScreens.Extent screen) throws InterruptedException {
        start();
        onFx(
                () -> {
                    HeadlessScreens.set(List.of(screen));
                    return null;
                });
    }

    /**
     * Waits for something that a window does.
     *
     * @param condition looked at on the JavaFX thread
     * @param failure completed if the window has something to complain about
     * @throws UserException if the window fails or takes too long
     */
    static void await(Supplier<Boolean> condition, CompletableFuture<Throwable> failure)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000;
        while (!onFx(condition)) {
            if (failure.isDone()) {
                Throwable reason = get(failure);
                throw reason instanceof UserException user
                        ? user
                        : new IllegalStateException(reason);
            }
            if (System.nanoTime() > deadline) {
                throw new UserException(
                        "the window did not finish its numbers in %d s: try a smaller model"
                                .formatted(PATIENCE_SECONDS));
            }
            Thread.sleep(50);
        }
    }

    /** Does something on the JavaFX thread and waits for it. */
    static <T> T onFx(Supplier<T> work) throws InterruptedException {
        return get(CompletableFuture.supplyAsync(work, Platform::runLater));
    }

    static <T> T get(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case UserException reason -> throw reason;
                default -> throw new IllegalStateException(failure.getCause());
            }
        }
    }
}

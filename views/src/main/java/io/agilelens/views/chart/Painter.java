package io.agilelens.views.chart;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.application.Platform;

/** Paints pictures away from the JavaFX thread, which only shows what was painted. */
public final class Painter {
    private static final ExecutorService THREAD =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("painter").factory());

    private Painter() {}

    /**
     * Paints something after what was asked for before.
     *
     * @param painting on the painter's thread; what it touches is in no window
     * @param shown called on the JavaFX thread with what gives the result, or throws what went
     *     wrong
     */
    static <T> void paint(Supplier<T> painting, Consumer<Supplier<T>> shown) {
        THREAD.execute(
                () -> {
                    try {
                        T painted = painting.get();
                        Platform.runLater(() -> shown.accept(() -> painted));
                    } catch (RuntimeException | Error failure) {
                        Platform.runLater(
                                () ->
                                        shown.accept(
                                                () -> {
                                                    throw failure;
                                                }));
                    }
                });
    }

    /**
     * Waits, on any thread but JavaFX's, until everything asked for so far is painted; it is shown
     * with the next pulse.
     */
    public static void awaitIdle() throws InterruptedException {
        try {
            THREAD.submit(() -> {}).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;

/**
 * Encodes pictures and writes them into files away from the JavaFX thread, one after the other, and
 * tells there how it went.
 */
public final class PictureWriter {
    /**
     * Its thread is no daemon, so that a file is finished, and goes when there is nothing to do.
     */
    private static final ExecutorService WRITER =
            new ThreadPoolExecutor(
                    0,
                    1,
                    1,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().name("picture writer").factory());

    private PictureWriter() {}

    /**
     * Writes a picture, in place of a file of that name; a notice says that it is done, or why not.
     */
    static void write(Export.Taken picture, Path file) {
        WRITER.execute(
                () -> {
                    try {
                        picture.write(file);
                        String done = Messages.text("export.done", file);
                        Platform.runLater(() -> Notices.done(done));
                    } catch (UserException failure) {
                        Platform.runLater(() -> Notices.failed(failure));
                    } catch (RuntimeException | Error failure) {
                        Platform.runLater(() -> rethrow(failure));
                    }
                });
    }

    /** Waits, on any thread but JavaFX's, until everything asked for so far is written. */
    public static void awaitIdle() throws InterruptedException {
        try {
            WRITER.submit(() -> {}).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalStateException(failure);
        }
    }
}

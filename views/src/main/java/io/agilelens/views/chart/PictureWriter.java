package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
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

    private static Watch watch = (_, _) -> Writing.UNSEEN;

    private PictureWriter() {}

    /** Shows what is written, and lets a person stop it. On the JavaFX thread. */
    @FunctionalInterface
    public interface Watch {
        /**
         * @param name what is done, for a person to read
         * @param cancellation stops it
         */
        Writing begin(String name, Cancellation cancellation);
    }

    /** A file that is being written; hears on any thread how far it is. */
    public interface Writing extends Progress {
        /** Nobody sees it. */
        Writing UNSEEN =
                new Writing() {
                    @Override
                    public void report(String step, long done, long total) {}

                    @Override
                    public void end(String message) {}
                };

        /**
         * It is written or given up; on the JavaFX thread.
         *
         * @param message what came of it, or empty
         */
        void end(String message);
    }

    /** Sets who shows what is written; on the JavaFX thread. */
    public static void showWith(Watch shower) {
        watch = shower;
    }

    /**
     * Writes a picture, in place of a file of that name; a notice says that it is done, or why not.
     * On the JavaFX thread.
     */
    static void write(Export.Taken picture, Path file) {
        Cancellation cancellation = new Cancellation();
        Writing writing = watch.begin(Messages.text("export.writing", file), cancellation);
        WRITER.execute(
                () -> {
                    try {
                        cancellation.check();
                        cancellation.during(
                                () -> {
                                    picture.write(file, writing);
                                    return file;
                                });
                        String done = Messages.text("export.done", file);
                        end(writing, "", () -> Notices.done(done));
                    } catch (CancellationException cancelled) {
                        end(writing, Messages.text("status.cancelled"), () -> {});
                    } catch (UserException failure) {
                        end(writing, "", () -> Notices.failed(failure));
                    } catch (RuntimeException | Error failure) {
                        end(writing, "", () -> rethrow(failure));
                    }
                });
    }

    private static void end(Writing writing, String message, Runnable answer) {
        Platform.runLater(
                () -> {
                    writing.end(message);
                    answer.run();
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

package io.agilelens.app.window;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.chart.PictureWriter;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javafx.application.Platform;

/**
 * Pieces of work that a person asked for, done one after another on a thread of their own and shown
 * in the status bar. Asked for and answered on the JavaFX thread.
 */
final class Errands implements AutoCloseable {

    /** A piece of work for the errand thread. */
    @FunctionalInterface
    interface Errand<T> {
        T run(Progress progress, Cancellation cancellation) throws IOException;
    }

    private final Consumer<Throwable> onFailure;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("errands").daemon().factory());

    /** Of errands that run or wait. */
    private final Set<Cancellation> underWay = ConcurrentHashMap.newKeySet();

    private boolean closed;
    private WorkbenchStatusBar statusBar;

    /** The errand that the status bar shows; what the live loop does is not shown meanwhile. */
    private WorkbenchStatusBar.Task shown;

    /**
     * @param onFailure shows a person what did not work
     */
    Errands(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    /** Says where progress is shown; before anything is asked for. */
    void reportTo(WorkbenchStatusBar bar) {
        statusBar = bar;
    }

    /** Whether the status bar shows one. */
    boolean areShown() {
        return shown != null;
    }

    /**
     * Runs an errand with its progress shown; its result arrives on the JavaFX thread. One that
     * comes when the window is gone is not handed over, and closed if there is something to close.
     */
    <T> Cancellation run(String name, Errand<T> errand, Consumer<T> onDone) {
        return run(name, new Cancellation(), errand, onDone);
    }

    /** The same. */
    <T> Cancellation run(
            String name, Cancellation cancellation, Errand<T> errand, Consumer<T> onDone) {
        return run(name, cancellation, errand, onDone, () -> {});
    }

    /**
     * The same.
     *
     * @param onGivenUp called on the JavaFX thread when the errand failed or was cancelled
     */
    <T> Cancellation run(
            String name,
            Cancellation cancellation,
            Errand<T> errand,
            Consumer<T> onDone,
            Runnable onGivenUp) {
        underWay.add(cancellation);
        WorkbenchStatusBar.Task task = statusBar.waiting(name, cancellation);
        if (shown == null) {
            show(task);
        } else {
            Notices.done(Messages.text("status.waiting", name));
        }
        thread.execute(
                () -> {
                    Platform.runLater(() -> show(task));
                    try {
                        cancellation.check();
                        T result = cancellation.during(() -> errand.run(task, cancellation));
                        Platform.runLater(
                                () -> {
                                    if (closed) {
                                        closeUnwanted(result);
                                        return;
                                    }
                                    finish(task, "");
                                    onDone.accept(result);
                                });
                    } catch (CancellationException cancelled) {
                        unlessClosed(
                                () -> {
                                    finish(task, Messages.text("status.cancelled"));
                                    onGivenUp.run();
                                });
                    } catch (IOException | RuntimeException | Error failure) {
                        unlessClosed(
                                () -> {
                                    finish(task, "");
                                    onFailure.accept(failure);
                                    onGivenUp.run();
                                });
                    } finally {
                        underWay.remove(cancellation);
                    }
                });
        return cancellation;
    }

    private void unlessClosed(Runnable answer) {
        Platform.runLater(
                () -> {
                    if (!closed) {
                        answer.run();
                    }
                });
    }

    private static void closeUnwanted(Object result) {
        if (result instanceof AutoCloseable unwanted) {
            try {
                unwanted.close();
            } catch (Exception failure) {
                throw new IllegalStateException("could not close " + unwanted, failure);
            }
        }
    }

    /** Only what runs is shown: the bar's button cancels what it shows. */
    private void show(WorkbenchStatusBar.Task task) {
        if (shown != task) {
            shown = task;
            task.begin();
        }
    }

    private void finish(WorkbenchStatusBar.Task task, String message) {
        task.finish(message);
        if (shown == task) {
            shown = null;
        }
    }

    /**
     * Shows something that is done on a thread of its own, as long as no errand is shown.
     *
     * @param cancellation stops it
     */
    PictureWriter.Writing showBeside(String name, Cancellation cancellation) {
        WorkbenchStatusBar.Task task = statusBar.waiting(name, cancellation);
        if (shown == null) {
            show(task);
        }
        return new PictureWriter.Writing() {
            @Override
            public void report(String step, long done, long total) {
                task.report(step, done, total);
            }

            @Override
            public void end(String message) {
                finish(task, message);
            }
        };
    }

    /**
     * Does something behind the errands asked for so far, without showing it; also when all is
     * closed meanwhile.
     */
    void afterwards(Runnable work) {
        thread.execute(work);
    }

    /** Stops those that run or wait. */
    void cancel() {
        underWay.forEach(Cancellation::cancel);
    }

    @Override
    public void close() {
        closed = true;
        cancel();
        // What waits behind the errands closes something, and those that are cancelled end soon.
        thread.shutdown();
    }
}

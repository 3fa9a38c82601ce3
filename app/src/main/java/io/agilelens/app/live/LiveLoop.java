package io.agilelens.app.live;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.views.workbench.ChangedLayers;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.WindowComparison;
import java.util.concurrent.CancellationException;

/**
 * Answers a changed recipe: the local errors of the changed layers first, then the pictures of one
 * window and the perplexity, window by window until it is exact; on a model too slow for that an
 * estimate over a short window comes before the pictures. One thread works; a newer wish stops the
 * work that it makes stale, and nothing stale is ever published. What a change does not touch is
 * not computed again. Where memory runs out, what was kept for that is dropped, and the next wish
 * starts anew.
 */
public final class LiveLoop implements AutoCloseable {
    /** How long a wish must stand before work on it starts, so that a dragged slider is quiet. */
    private static final long DEBOUNCE_MILLIS = 30;

    /** The same for weights that are calibrated layer by layer, which is not begun in passing. */
    private static final long SLOW_DEBOUNCE_MILLIS = 600;

    /** Name of the thread. */
    public static final String THREAD = "live-loop";

    /**
     * Hears results, on the loop's thread; a result is of the latest wish when it is handed over.
     */
    public interface Listener {

        /** How much changed layers err by themselves; a report on more of them may follow. */
        void erred(ChangedLayers layers);

        void compared(WindowComparison comparison);

        void evaluated(Quality quality, TunedModel tuned, double tokensPerSecond);

        void progressed(String step, long done, long total);

        /** Nothing is left to do. */
        void idle();

        /** The wish cannot be met. */
        void failed(UserException reason);

        /** Something went wrong that nobody can mend at the keyboard. */
        void broke(Throwable failure);
    }

    /**
     * What is to be shown.
     *
     * @param window index of the window to look at
     * @param layer the layer to keep in full
     */
    public record Wish(Recipe recipe, int window, int layer) {}

    private final OpenedModel opened;
    private final RecipeFitter fitter;
    private final Listener listener;
    private final Thread thread;

    private final Object lock = new Object();
    private Wish wish;
    private long generation;
    private long changedAt;
    private boolean paused;
    private boolean closed;
    private Cancellation running = new Cancellation();

    // What follows is touched by the loop's thread only.
    /** Null until the next wish where memory ran out. */
    private LiveWork work;

    private boolean reportedIdle = true;

    /**
     * @param fitter fits recipes to the opened model
     */
    public LiveLoop(OpenedModel opened, RecipeFitter fitter, Listener listener) {
        this.opened = opened;
        this.fitter = fitter;
        this.listener = listener;
        this.work = new LiveWork(opened, fitter, listener);
        thread = Thread.ofPlatform().name(THREAD).daemon().unstarted(this::loop);
        thread.start();
    }

    /**
     * Asks for something else to be shown; safe from any thread, returns at once.
     *
     * @return false if it is shown, or on its way, already: then no answer of its own will come
     */
    public boolean show(Wish changed) {
        synchronized (lock) {
            if (changed.equals(wish) && !paused) {
                return false;
            }
            wish = changed;
            paused = false;
            generation++;
            changedAt = System.nanoTime();
            running.cancel();
            lock.notifyAll();
            return true;
        }
    }

    /** Stops the work until the next wish. */
    public void pause() {
        synchronized (lock) {
            paused = true;
            running.cancel();
            lock.notifyAll();
        }
    }

    /** Stops for good and waits until the model is no longer touched. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            running.cancel();
            lock.notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        while (true) {
            Wish now;
            Cancellation cancellation;
            long mine;
            synchronized (lock) {
                if (!awaitWork()) {
                    return;
                }
                now = wish;
                mine = generation;
                running = new Cancellation();
                cancellation = running;
            }
            try {
                reportedIdle = false;
                if (work == null) {
                    work = new LiveWork(opened, fitter, listener);
                }
                cancellation.during(
                        () -> {
                            work.step(now, mine, result -> publish(mine, result), cancellation);
                            return null;
                        });
            } catch (CancellationException stale) {
                continue;
            } catch (UserException reason) {
                giveUp(mine, () -> listener.failed(reason));
            } catch (OutOfMemoryError exhausted) {
                // What is kept for the next wish may be what there was no room beside.
                work = null;
                giveUp(mine, () -> listener.broke(exhausted));
            } catch (RuntimeException | Error failure) {
                giveUp(mine, () -> listener.broke(failure));
            }
        }
    }

    /** Pauses after a failure: trying the same wish again would fail again. */
    private void giveUp(long mine, Runnable report) {
        synchronized (lock) {
            if (mine != generation) {
                return;
            }
            paused = true;
        }
        report.run();
    }

    /** Waits until there is something to do; false if the loop is to end. */
    private boolean awaitWork() {
        while (true) {
            if (closed) {
                return false;
            }
            try {
                if (wish == null || paused || work != null && work.isDone(wish, generation)) {
                    if (!reportedIdle) {
                        reportedIdle = true;
                        listener.idle();
                    }
                    lock.wait();
                    continue;
                }
                long quiet = (System.nanoTime() - changedAt) / 1_000_000;
                boolean slow = work != null && work.isSlow(wish.recipe());
                long wanted = slow ? SLOW_DEBOUNCE_MILLIS : DEBOUNCE_MILLIS;
                if (quiet >= wanted) {
                    return true;
                }
                lock.wait(wanted - quiet);
            } catch (InterruptedException e) {
                return false;
            }
        }
    }

    private void publish(long mine, Runnable result) {
        synchronized (lock) {
            if (mine != generation || closed) {
                throw new CancellationException("a newer wish came");
            }
        }
        result.run();
    }
}

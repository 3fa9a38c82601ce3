package io.agilelens.app.live;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.PerplexityTally;
import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.evaluate.WindowAnalyzer;
import io.agilelens.engine.evaluate.WindowLoss;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.WindowComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Answers a changed recipe: the pictures of one window first, then the perplexity window by window
 * until it is exact. One thread works; a newer wish stops the work that it makes stale, and nothing
 * stale is ever published. What a change does not touch is not computed again.
 */
public final class LiveLoop implements AutoCloseable {
    /** How long a wish must stand before work on it starts, so that a dragged slider is quiet. */
    private static final long DEBOUNCE_MILLIS = 30;

    /** The same for weights that are calibrated layer by layer, which is not begun in passing. */
    private static final long SLOW_DEBOUNCE_MILLIS = 600;

    /**
     * Hears results, on the loop's thread; a result is of the latest wish when it is handed over.
     */
    public interface Listener {

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
    private final List<Matrix> floatHidden = new ArrayList<>();
    private final List<WindowLoss> floatLosses = new ArrayList<>();
    private final PerplexityTally floatTally;
    private final List<Perplexity> floatResults = new ArrayList<>();
    private WindowAnalysis floatAnalysis;
    private List<String> labels = List.of();
    private int floatAnalysisWindow = -1;
    private int floatAnalysisLayer = -1;
    private TunedModel tuned;
    private Wish compared;
    private WindowComparison comparison;
    private Runnable latestQuality = () -> {};

    /**
     * The wish, by number, whose pictures were handed over; an old result may answer a new wish.
     */
    private long answered;

    private PerplexityTally tally;
    private PerplexityTally comparable;
    private double tunedSeconds;
    private boolean reportedIdle = true;

    /**
     * @param fitter fits recipes to the opened model
     */
    public LiveLoop(OpenedModel opened, RecipeFitter fitter, Listener listener) {
        this.opened = opened;
        this.fitter = fitter;
        this.listener = listener;
        this.floatTally = new PerplexityTally(opened.text());
        thread = Thread.ofPlatform().name("live-loop").daemon().unstarted(this::loop);
        thread.start();
    }

    /** Asks for something else to be shown; safe from any thread, returns at once. */
    public void show(Wish changed) {
        synchronized (lock) {
            if (changed.equals(wish) && !paused) {
                return;
            }
            wish = changed;
            paused = false;
            generation++;
            changedAt = System.nanoTime();
            running.cancel();
            lock.notifyAll();
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
                step(now, mine, cancellation);
            } catch (CancellationException stale) {
                continue;
            } catch (UserException reason) {
                giveUp(mine, () -> listener.failed(reason));
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
                if (wish == null || paused || isDone(wish)) {
                    if (!reportedIdle) {
                        reportedIdle = true;
                        listener.idle();
                    }
                    lock.wait();
                    continue;
                }
                long quiet = (System.nanoTime() - changedAt) / 1_000_000;
                long wanted = isSlow(wish.recipe()) ? SLOW_DEBOUNCE_MILLIS : DEBOUNCE_MILLIS;
                if (quiet >= wanted) {
                    return true;
                }
                lock.wait(wanted - quiet);
            } catch (InterruptedException e) {
                return false;
            }
        }
    }

    private boolean isSlow(Recipe recipe) {
        return recipe.calibratesWeights()
                && (tuned == null || !recipe.hasWeightsOf(tuned.recipe()));
    }

    private boolean isDone(Wish wished) {
        return wished.equals(compared)
                && answered == generation
                && tally != null
                && tally.windows() == opened.text().windows().size();
    }

    /** Does the most urgent thing that the wish still needs. */
    private void step(Wish now, long mine, Cancellation cancellation) {
        Progress progress = listener::progressed;
        if (tuned == null || !tuned.recipe().equals(now.recipe())) {
            tuned = null;
            tuned = fitter.fit(now.recipe(), progress, cancellation);
            tally = new PerplexityTally(opened.text());
            comparable = new PerplexityTally(opened.text());
            tunedSeconds = 0;
            compared = null;
            latestQuality = () -> {};
        }
        if (!now.equals(compared)) {
            progress.report("looking at window " + (now.window() + 1), 0, 1);
            comparison = compare(now, cancellation);
            compared = now;
        }
        if (answered != mine) {
            WindowComparison latest = comparison;
            publish(
                    mine,
                    () -> {
                        listener.compared(latest);
                        latestQuality.run();
                    });
            answered = mine;
        } else {
            evaluateNext(mine, progress, cancellation);
        }
    }

    private WindowComparison compare(Wish now, Cancellation cancellation) {
        int[] ids = opened.text().windows().get(now.window());
        if (floatAnalysisWindow != now.window() || floatAnalysisLayer != now.layer()) {
            floatAnalysis =
                    WindowAnalyzer.analyze(
                            opened.baseline(), TokenPruner.NONE, ids, now.layer(), cancellation);
            labels = TokenLabels.of(opened, ids);
            floatAnalysisWindow = now.window();
            floatAnalysisLayer = now.layer();
        }
        WindowAnalysis analysis =
                now.recipe().isFloat()
                        ? floatAnalysis
                        : WindowAnalyzer.analyze(
                                tuned.decoder(),
                                now.recipe().pruning().pruner(),
                                ids,
                                now.layer(),
                                cancellation);
        return new WindowComparison(now.window(), labels, floatAnalysis, analysis, tuned);
    }

    private void evaluateNext(long mine, Progress progress, Cancellation cancellation) {
        int window = tally.windows();
        int count = opened.text().windows().size();
        int[] ids = opened.text().windows().get(window);
        int first = opened.text().firstScored(window);
        progress.report("evaluating window " + (window + 1) + " of " + count, window, count);
        if (floatTally.windows() == window) {
            Decoder.Pass pass = opened.baseline().run(ids, cancellation);
            WindowLoss loss =
                    PerplexityEvaluator.of(opened.baseline(), TokenPruner.NONE)
                            .score(ids, first, pass, cancellation);
            floatHidden.add(pass.hidden());
            floatLosses.add(loss);
            floatTally.add(loss);
            floatResults.add(floatTally.result());
        }
        long start = System.nanoTime();
        WindowLoss loss =
                PerplexityEvaluator.against(
                                opened.baseline(),
                                tuned.decoder(),
                                tuned.recipe().pruning().pruner())
                        .score(ids, first, Probe.NONE, floatHidden.get(window), cancellation);
        tunedSeconds += (System.nanoTime() - start) / 1e9;
        tally.add(loss);
        comparable.add(floatLosses.get(window).atPositionsOf(loss));
        Quality quality =
                new Quality(
                        Optional.of(floatResults.getLast()),
                        Optional.of(comparable.result()),
                        Optional.of(tally.result()),
                        tuned.recipe());
        double speed = (double) tally.windows() * opened.text().length() / tunedSeconds;
        TunedModel model = tuned;
        latestQuality = () -> listener.evaluated(quality, model, speed);
        publish(mine, latestQuality);
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

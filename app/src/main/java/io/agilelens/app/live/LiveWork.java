package io.agilelens.app.live;

import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.LocalErrors;
import io.agilelens.engine.evaluate.LocalErrors.LocalError;
import io.agilelens.engine.evaluate.RepeatedAnalysis;
import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.ChangedLayers;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.WindowComparison;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the live loop computes, step by step, and what it keeps of it for the next wish: everything
 * in front of the first layer that a changed recipe computes otherwise. For one thread.
 */
final class LiveWork {
    /** Tokens that local errors are measured on. */
    private static final int LOCAL_TOKENS = 64;

    /** The shortest window that an estimate is made over. */
    private static final int SHORTEST_ESTIMATE = 64;

    /** How long an estimate, or what it waits for, may take before a shorter one goes first. */
    private static final double PATIENCE_SECONDS = 0.2;

    /** Multiplications a second that are expected of a machine until it was timed. */
    private static final double EXPECTED_SPEED = 2e10;

    private final OpenedModel opened;
    private final RecipeFitter fitter;
    private final LiveLoop.Listener listener;
    private final int layers;

    private final FloatWindows baseline;
    private final TunedWindows windows;
    private final LocalErrors localErrors;

    /** The beginnings of the windows, for the first estimate; null where whole ones are short. */
    private TunedWindows beginnings;

    private int beginningTokens;

    private int window = -1;
    private RepeatedAnalysis floatPictures;
    private RepeatedAnalysis tunedPictures;
    private List<String> labels = List.of();

    private TunedModel tuned;

    /** What everything kept above belongs to. */
    private TunedModel.Arithmetic arithmetic;

    /** Layers from which on local errors are to be told, {@code layers} if they were. */
    private int erring;

    private boolean estimated;

    /** Tokens a second of the tuned model, as last timed. */
    private double speed;

    private LiveLoop.Wish compared;
    private WindowComparison comparison;
    private Runnable latestQuality = () -> {};

    /**
     * The wish, by number, whose pictures were handed over; an old result may answer a new wish.
     */
    private long answered;

    LiveWork(OpenedModel opened, RecipeFitter fitter, LiveLoop.Listener listener) {
        this.opened = opened;
        this.fitter = fitter;
        this.listener = listener;
        this.layers = opened.config().layers();
        this.speed = EXPECTED_SPEED / opened.model().parameters();
        this.baseline = new FloatWindows(opened.baseline(), opened.text());
        this.windows = new TunedWindows(opened.baseline(), baseline, LiveMemory.windows(opened));
        this.localErrors =
                new LocalErrors(
                        opened.baseline(), opened.text().windows().getFirst(), LOCAL_TOKENS);
    }

    /** Whether nothing is left to do. */
    boolean isDone(LiveLoop.Wish wished, long number) {
        return wished.equals(compared) && answered == number && windows.isComplete();
    }

    /** Whether a recipe's weights take long to calibrate. */
    boolean isSlow(Recipe recipe) {
        return recipe.calibratesWeights()
                && (arithmetic == null || !recipe.hasWeightsOf(arithmetic.recipe()));
    }

    /**
     * Does the most urgent thing that a wish still needs.
     *
     * @param publish hands a result over unless the wish is stale
     */
    void step(
            LiveLoop.Wish now, long number, Consumer<Runnable> publish, Cancellation cancellation) {
        Progress progress = listener::progressed;
        if (tuned == null || !tuned.recipe().equals(now.recipe())) {
            fit(now, publish, progress, cancellation);
        }
        if (erring < layers) {
            tellLocalErrors(tuned, now.layer(), publish, cancellation);
        }
        if (!estimated && !now.equals(compared)) {
            estimateOverBeginning(tuned, false, publish, cancellation);
        }
        if (!now.equals(compared)) {
            progress.report("looking at window " + (now.window() + 1), 0, 1);
            comparison = compare(now, cancellation);
            compared = now;
        }
        if (answered != number) {
            WindowComparison latest = comparison;
            publish.accept(
                    () -> {
                        listener.compared(latest);
                        latestQuality.run();
                    });
            answered = number;
        } else {
            evaluateNext(publish, progress, cancellation);
        }
    }

    private void fit(
            LiveLoop.Wish now,
            Consumer<Runnable> publish,
            Progress progress,
            Cancellation cancellation) {
        // What it holds is wanted for the next one.
        tuned = null;
        compared = null;
        latestQuality = () -> {};
        TunedModel fitted =
                fitter.fit(
                        now.recipe(),
                        tokensWithinPatience(),
                        sketch -> {
                            become(sketch);
                            tellLocalErrors(sketch, now.layer(), publish, cancellation);
                            estimateOverBeginning(sketch, true, publish, cancellation);
                        },
                        progress,
                        cancellation);
        become(fitted);
        tuned = fitted;
        estimated = false;
    }

    /** From here on what is kept is of this model. */
    private void become(TunedModel model) {
        TunedModel.Arithmetic changed = model.arithmetic();
        int first = arithmetic == null ? 0 : arithmetic.firstDifference(changed);
        int firstOfPlan = arithmetic == null ? 0 : arithmetic.firstDifferenceOfPlan(changed);
        arithmetic = changed;
        erring = Math.min(erring, firstOfPlan);
        windows.changed(first);
        if (beginnings != null) {
            beginnings.changed(first);
        }
        if (tunedPictures != null) {
            tunedPictures.changed(first);
        }
    }

    /** The layer that is looked at comes first, if it is among the changed ones. */
    private void tellLocalErrors(
            TunedModel model, int lookedAt, Consumer<Runnable> publish, Cancellation cancellation) {
        int changed = layers - erring;
        int start = Math.max(erring, lookedAt);
        LocalError worst = null;
        for (int i = 0; i < changed; i++) {
            int layer = erring + (start - erring + i) % changed;
            LocalError error = localErrors.of(model.decoder(), layer, cancellation);
            if (worst == null || error.signalToNoise() < worst.signalToNoise()) {
                worst = error;
            }
            if (i == 0 || i == changed - 1) {
                ChangedLayers told = new ChangedLayers(worst, i + 1, changed);
                publish.accept(() -> listener.erred(told));
            }
        }
        erring = layers;
    }

    private void estimateOverBeginning(
            TunedModel model,
            boolean isSketch,
            Consumer<Runnable> publish,
            Cancellation cancellation) {
        estimated = true;
        int tokens = Math.max(SHORTEST_ESTIMATE, Integer.highestOneBit(tokensWithinPatience()));
        if (tokens >= opened.text().length()) {
            if (!isSketch) {
                return;
            }
            tokens = opened.text().length();
        }
        if (tokens != beginningTokens) {
            beginnings = beginnings(tokens);
            beginningTokens = tokens;
        }
        if (beginnings.windows() == 0) {
            Quality quality = beginnings.next(model, cancellation);
            Quality told = isSketch ? quality.ofSketch() : quality;
            double timed = beginnings.tokensPerSecond();
            publish.accept(() -> listener.evaluated(told, model, timed));
        }
    }

    private TunedWindows beginnings(int tokens) {
        return new TunedWindows(
                opened.baseline(),
                new FloatWindows(opened.baseline(), opened.text().beginnings(tokens)),
                LiveMemory.window(opened));
    }

    private int tokensWithinPatience() {
        for (TunedWindows timed : new TunedWindows[] {beginnings, windows}) {
            if (timed != null && !Double.isNaN(timed.tokensPerSecond())) {
                speed = timed.tokensPerSecond();
            }
        }
        return (int) Math.min(Integer.MAX_VALUE, speed * PATIENCE_SECONDS);
    }

    private WindowComparison compare(LiveLoop.Wish now, Cancellation cancellation) {
        if (window != now.window()) {
            int[] ids = opened.text().windows().get(now.window());
            long bytes = LiveMemory.window(opened);
            floatPictures = new RepeatedAnalysis(opened.config(), ids, bytes);
            tunedPictures = new RepeatedAnalysis(opened.config(), ids, bytes);
            labels = TokenLabels.of(opened, ids);
            window = now.window();
        }
        WindowAnalysis ofFloats =
                floatPictures.analyze(
                        opened.baseline(),
                        TokenPruner.NONE,
                        now.layer(),
                        pass -> baseline.score(now.window(), pass, cancellation),
                        cancellation);
        WindowAnalysis ofTuned =
                now.recipe().isFloat()
                        ? ofFloats
                        : tunedPictures.analyze(
                                tuned.decoder(),
                                now.recipe().pruning().pruner(),
                                now.layer(),
                                pass -> windows.score(tuned, now.window(), pass, cancellation),
                                cancellation);
        return new WindowComparison(now.window(), labels, ofFloats, ofTuned, tuned);
    }

    private void evaluateNext(
            Consumer<Runnable> publish, Progress progress, Cancellation cancellation) {
        int next = windows.windows();
        int count = opened.text().windows().size();
        progress.report("evaluating window " + (next + 1) + " of " + count, next, count);
        TunedModel model = tuned;
        Quality quality = windows.next(model, cancellation);
        double timed = windows.tokensPerSecond();
        latestQuality = () -> listener.evaluated(quality, model, timed);
        publish.accept(latestQuality);
    }
}

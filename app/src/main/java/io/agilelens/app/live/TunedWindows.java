package io.agilelens.app.live;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.PerplexityTally;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.evaluate.WindowLoss;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeptPasses;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.PassState;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.views.workbench.Quality;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a tuned model makes of a text, window after window, while its recipe changes: windows start
 * in front of the first layer that did. For one thread.
 */
final class TunedWindows {
    private final Decoder floats;
    private final FloatWindows baseline;
    private final TokenWindows text;
    private final KeptPasses passes;

    /** Losses of windows whose turn has not come. */
    private final Map<Integer, WindowLoss> scored = new HashMap<>();

    private PerplexityTally tally;
    private PerplexityTally comparable;

    /** How long each layer last took for a window, in seconds; 0 if it was never timed. */
    private final double[] layerSeconds;

    private double headSeconds;

    /**
     * @param bytes that may be taken by where passes stood in front of layers
     */
    TunedWindows(Decoder floats, FloatWindows baseline, long bytes) {
        this.floats = floats;
        this.baseline = baseline;
        this.text = baseline.text();
        ModelConfig config = floats.model().config();
        this.passes = new KeptPasses(config, text.windows().size(), text.length(), bytes);
        this.layerSeconds = new double[config.layers()];
        changed(0);
    }

    /**
     * Starts anew for a tuned model that differs from the one before from a layer on.
     *
     * @param first the first layer that does
     */
    void changed(int first) {
        passes.changed(first);
        scored.clear();
        tally = new PerplexityTally(text);
        comparable = new PerplexityTally(text);
        Arrays.fill(layerSeconds, Math.min(first, layerSeconds.length), layerSeconds.length, 0);
    }

    /** Windows that the value so far is over. */
    int windows() {
        return tally.windows();
    }

    boolean isComplete() {
        return tally.windows() == text.windows().size();
    }

    /** Evaluates the next window. */
    Quality next(TunedModel tuned, Cancellation cancellation) {
        int window = tally.windows();
        baseline.require(window, cancellation);
        WindowLoss loss = scored.remove(window);
        if (loss == null) {
            loss = loss(tuned, window, cancellation);
        }
        tally.add(loss);
        comparable.add(baseline.loss(window).atPositionsOf(loss));
        return new Quality(
                Optional.of(baseline.perplexity(window)),
                Optional.of(comparable.result()),
                Optional.of(tally.result()),
                tuned.recipe());
    }

    private WindowLoss loss(TunedModel tuned, int window, Cancellation cancellation) {
        Decoder decoder = tuned.decoder();
        TokenPruner pruner = tuned.recipe().pruning().pruner();
        int[] ids = text.windows().get(window);
        PassState state = passes.start(decoder, window, ids, layerSeconds.length);
        while (state.layer() < layerSeconds.length) {
            int layer = state.layer();
            long start = System.nanoTime();
            state =
                    passes.advance(
                            decoder, window, state, layer + 1, pruner, Probe.NONE, cancellation);
            layerSeconds[layer] = (System.nanoTime() - start) / 1e9;
        }
        long start = System.nanoTime();
        WindowLoss loss = compared(tuned, window, decoder.end(state), cancellation);
        headSeconds = (System.nanoTime() - start) / 1e9;
        return loss;
    }

    private WindowLoss compared(
            TunedModel tuned, int window, Decoder.Pass pass, Cancellation cancellation) {
        return PerplexityEvaluator.against(
                        floats, tuned.decoder(), tuned.recipe().pruning().pruner())
                .score(
                        text.windows().get(window),
                        text.firstScored(window),
                        pass,
                        baseline.hidden(window),
                        cancellation);
    }

    /** The losses of a window that the tuned model has run; it need not run it in its turn. */
    WindowLoss score(TunedModel tuned, int window, Decoder.Pass pass, Cancellation cancellation) {
        if (window < tally.windows() || !baseline.knows(window)) {
            return PerplexityEvaluator.of(tuned.decoder(), tuned.recipe().pruning().pruner())
                    .score(
                            text.windows().get(window),
                            text.firstScored(window),
                            pass,
                            cancellation);
        }
        WindowLoss loss = compared(tuned, window, pass, cancellation);
        scored.put(window, loss);
        return loss;
    }

    /**
     * How fast the tuned model is, by the time that each layer last took; layers that did not have
     * to run again count with the time that they took when they did. NaN before all were timed.
     */
    double tokensPerSecond() {
        double seconds = headSeconds;
        boolean timed = headSeconds > 0;
        for (double layer : layerSeconds) {
            seconds += layer;
            timed &= layer > 0;
        }
        return timed ? text.length() / seconds : Double.NaN;
    }
}

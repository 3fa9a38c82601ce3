package io.agilelens.engine.search;

import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.PerplexityTally;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.evaluate.WeightSize;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Fits recipes to one model and measures each against the float model. What the float model says
 * about a window is computed once and kept as far as there is room. For one thread at a time.
 */
public final class RecipeEvaluator {
    /** Floats of the float model's last states that are kept: 128 MiB. */
    private static final long MOST_KEPT = 1 << 25;

    private final Decoder floats;
    private final RecipeFitter fitter;
    private final Map<int[], Matrix> expected = new IdentityHashMap<>();
    private long kept;

    /**
     * @param floats runs the model as it is
     * @param fitter fits recipes to the same model
     */
    public RecipeEvaluator(Decoder floats, RecipeFitter fitter) {
        this.floats = floats;
        this.fitter = fitter;
    }

    public Model model() {
        return floats.model();
    }

    public RecipeFitter fitter() {
        return fitter;
    }

    /**
     * @throws io.agilelens.engine.UserException if the recipe does not fit the model, or the model
     *     then predicts no finite numbers
     */
    public Trial evaluate(
            Recipe recipe, TokenWindows text, Progress progress, Cancellation cancellation) {
        TunedModel tuned = fitter.fit(recipe, progress, cancellation);
        return new Trial(tuned, score(tuned, text, progress, cancellation), WeightSize.of(tuned));
    }

    /** Measures a model that is fitted already. */
    public Perplexity score(
            TunedModel tuned, TokenWindows text, Progress progress, Cancellation cancellation) {
        PerplexityEvaluator evaluator =
                PerplexityEvaluator.against(
                        floats, tuned.decoder(), tuned.recipe().pruning().pruner());
        PerplexityTally tally = new PerplexityTally(text);
        int count = text.windows().size();
        for (int window = 0; window < count; window++) {
            progress.report("evaluating window", window, count);
            int[] ids = text.windows().get(window);
            int first = text.protocol().firstScored(ids.length);
            tally.add(
                    evaluator.score(
                            ids, first, Probe.NONE, expected(ids, cancellation), cancellation));
        }
        progress.report("evaluating window", count, count);
        return tally.result();
    }

    /** What the float model's head reads, {@code [tokens, hidden]}. */
    private Matrix expected(int[] ids, Cancellation cancellation) {
        // Windows are the same arrays for as long as they are in memory.
        Matrix known = expected.get(ids);
        if (known != null) {
            return known;
        }
        Matrix hidden = floats.run(ids, cancellation).hidden();
        if (kept + hidden.data().length <= MOST_KEPT) {
            kept += hidden.data().length;
            expected.put(ids, hidden);
        }
        return hidden;
    }
}

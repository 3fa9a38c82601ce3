package io.agilelens.engine.search;

import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.FloatReference;
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
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Fits recipes to one model and measures each against the float model. What the float model says
 * about a text is kept from one recipe to the next. For one thread at a time.
 */
public final class RecipeEvaluator {
    private final Decoder floats;
    private final RecipeFitter fitter;
    private final Map<TokenWindows, FloatReference> references = new IdentityHashMap<>();

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

    /**
     * @throws io.agilelens.engine.UserException if the recipe does not fit the model, or the model
     *     then predicts no finite numbers
     */
    public Trial evaluate(
            Recipe recipe, TokenWindows text, Progress progress, Cancellation cancellation) {
        TunedModel tuned = fitter.fit(recipe, progress, cancellation);
        return new Trial(tuned, score(tuned, text, progress, cancellation), WeightSize.of(tuned));
    }

    private Perplexity score(
            TunedModel tuned, TokenWindows text, Progress progress, Cancellation cancellation) {
        FloatReference reference =
                references.computeIfAbsent(text, _ -> new FloatReference(floats, text));
        PerplexityEvaluator evaluator =
                PerplexityEvaluator.against(
                        floats, tuned.decoder(), tuned.recipe().pruning().pruner());
        PerplexityTally tally = new PerplexityTally(text);
        for (int window = 0; window < reference.windows(); window++) {
            progress.report("evaluating window", window, reference.windows());
            FloatReference.Window known = reference.window(window, cancellation);
            tally.add(
                    evaluator.score(
                            known.ids(), known.first(), Probe.NONE, known.hidden(), cancellation));
        }
        progress.report("evaluating window", reference.windows(), reference.windows());
        return tally.result();
    }
}

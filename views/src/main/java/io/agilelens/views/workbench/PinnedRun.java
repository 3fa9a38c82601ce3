package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.recipe.Recipe;
import java.util.Optional;

/**
 * A recipe with its figures, kept for comparison.
 *
 * @param name unique among the pinned runs
 * @param subject which model and text the figures are about
 * @param planting outliers that were planted in the model, here or before it was opened
 * @param baseline of the float model on the same windows
 * @param tuned of the recipe
 * @param weightBits mean stored bits of a weight of the decoder layers
 * @param weightBytes stored bytes of those weights
 * @param prefillTokensPerSecond measured while the perplexity was computed, in the arithmetic that
 *     the recipe names; for a simulated recipe this says nothing about its speed when executed; NaN
 *     for a run that a search found
 * @param searched whether a search found it
 */
public record PinnedRun(
        String name,
        Recipe recipe,
        Subject subject,
        Optional<Planting> planting,
        Perplexity baseline,
        Perplexity tuned,
        double weightBits,
        long weightBytes,
        double prefillTokensPerSecond,
        boolean searched) {

    /** A run that a person pinned. */
    public PinnedRun(
            String name,
            Recipe recipe,
            Subject subject,
            Optional<Planting> planting,
            Perplexity baseline,
            Perplexity tuned,
            double weightBits,
            long weightBytes,
            double prefillTokensPerSecond) {
        this(
                name,
                recipe,
                subject,
                planting,
                baseline,
                tuned,
                weightBits,
                weightBytes,
                prefillTokensPerSecond,
                false);
    }

    /** The same run under another name. */
    public PinnedRun withName(String other) {
        return new PinnedRun(
                other,
                recipe,
                subject,
                planting,
                baseline,
                tuned,
                weightBits,
                weightBytes,
                prefillTokensPerSecond,
                searched);
    }

    /** The same run of a model or text that is found elsewhere. */
    public PinnedRun withSubject(Subject other) {
        return new PinnedRun(
                name,
                recipe,
                other,
                planting,
                baseline,
                tuned,
                weightBits,
                weightBytes,
                prefillTokensPerSecond,
                searched);
    }
}

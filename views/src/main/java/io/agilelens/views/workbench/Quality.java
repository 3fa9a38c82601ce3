package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.recipe.Recipe;
import java.util.Optional;

/**
 * The perplexities behind the verdict. While windows are still being evaluated both are running
 * values over the windows so far.
 *
 * @param baseline of the float model
 * @param tuned of the recipe; empty until its first window is done
 * @param recipe what {@code tuned} belongs to
 */
public record Quality(Optional<Perplexity> baseline, Optional<Perplexity> tuned, Recipe recipe) {

    /** Nothing known yet. */
    public static final Quality NONE =
            new Quality(Optional.empty(), Optional.empty(), Recipe.FLOAT);

    /** Whether both are over the same, complete text. */
    public boolean isExact() {
        return baseline.filter(Perplexity::isComplete).isPresent()
                && tuned.filter(Perplexity::isComplete).isPresent();
    }

    /** Relative change of the perplexity, 0.05 for 5 % worse; NaN while either is unknown. */
    public double relativeChange() {
        if (baseline.isEmpty() || tuned.isEmpty()) {
            return Double.NaN;
        }
        return tuned.get().perplexity() / comparableBaseline() - 1;
    }

    /** The float model's perplexity over the windows that the tuned value is over. */
    public double comparableBaseline() {
        if (baseline.isEmpty()) {
            return Double.NaN;
        }
        int windows =
                Math.min(
                        baseline.get().windows(),
                        tuned.map(Perplexity::windows).orElse(Integer.MAX_VALUE));
        double sum = 0;
        for (int w = 0; w < windows; w++) {
            sum += baseline.get().windowNll().get(w) / baseline.get().windowTokens().get(w);
        }
        return Math.exp(sum / windows);
    }
}

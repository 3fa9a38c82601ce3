package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.recipe.Recipe;
import java.util.Optional;

/**
 * The perplexities behind the verdict. While windows are still being evaluated all are running
 * values over the windows so far.
 *
 * @param baseline of the float model over all windows evaluated with it
 * @param comparable of the float model over exactly the positions that {@code tuned} is over:
 *     pruning changes which positions are scored, and only the same positions can be compared
 * @param tuned of the recipe; empty until its first window is done
 * @param recipe what {@code tuned} belongs to
 */
public record Quality(
        Optional<Perplexity> baseline,
        Optional<Perplexity> comparable,
        Optional<Perplexity> tuned,
        Recipe recipe) {

    /** Nothing known yet. */
    public static final Quality NONE =
            new Quality(Optional.empty(), Optional.empty(), Optional.empty(), Recipe.FLOAT);

    /** Whether all are over the same, complete text. */
    public boolean isExact() {
        return baseline.filter(Perplexity::isComplete).isPresent()
                && tuned.filter(Perplexity::isComplete).isPresent();
    }

    /** Relative change of the perplexity, 0.05 for 5 % worse; NaN while either is unknown. */
    public double relativeChange() {
        return tuned.isEmpty() ? Double.NaN : tuned.get().perplexity() / comparableBaseline() - 1;
    }

    /** The float model's perplexity over the positions that the tuned value is over. */
    public double comparableBaseline() {
        return comparable.map(Perplexity::perplexity).orElse(Double.NaN);
    }
}

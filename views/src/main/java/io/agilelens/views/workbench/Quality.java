package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.TokenWindows;
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
 * @param isSketch whether quantizers were fitted on little of the calibration text so far
 */
public record Quality(
        Optional<Perplexity> baseline,
        Optional<Perplexity> comparable,
        Optional<Perplexity> tuned,
        Recipe recipe,
        boolean isSketch) {

    /** Of quantizers that were fitted to the end. */
    public Quality(
            Optional<Perplexity> baseline,
            Optional<Perplexity> comparable,
            Optional<Perplexity> tuned,
            Recipe recipe) {
        this(baseline, comparable, tuned, recipe, false);
    }

    /** Nothing known yet. */
    public static final Quality NONE =
            new Quality(Optional.empty(), Optional.empty(), Optional.empty(), Recipe.FLOAT);

    /** Whether all are over the same, complete text. */
    public boolean isExact() {
        return !isSketch
                && baseline.filter(Perplexity::isComplete).isPresent()
                && tuned.filter(Perplexity::isComplete).isPresent();
    }

    /** The same of quantizers that were fitted on little of the calibration text. */
    public Quality ofSketch() {
        return new Quality(baseline, comparable, tuned, recipe, true);
    }

    /** Share of a text's predictions that the tuned value is over; NaN while it is unknown. */
    public double share(TokenWindows text) {
        double predictions = (double) text.windows().size() * (text.length() - 1);
        return tuned.map(value -> value.tokens() / predictions).orElse(Double.NaN);
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

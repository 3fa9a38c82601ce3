package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Site;
import java.util.List;
import java.util.Optional;

/**
 * Where a tuned model first leaves the float model, {@link DivergenceFinder} found it. A token has
 * departed at a site if the signal-to-noise ratio of its activations there, {@code 10 · log10(Σ x²
 * / Σ (x − x̂)²)} over the channels, x the float model's and x̂ what the tuned model goes on with,
 * is below a threshold. The first departure is that of the earliest token, and among its own the
 * one that is computed first. Attention probabilities are not compared by themselves; their error
 * shows at {@link Site#ATTN_OUTPUT}.
 *
 * @param threshold in decibels: 20 where the noise has a tenth of the signal's amplitude
 * @param windows windows that were searched
 * @param departure the first departure; empty if no token departs
 * @param turn the first position whose most likely next token is another one; empty if none is
 */
public record FirstDivergence(
        double threshold, int windows, Optional<Departure> departure, Optional<Turn> turn) {

    /**
     * A token at a place below the threshold.
     *
     * @param window index of the window
     * @param token position in it
     * @param decibels the ratio there
     * @param trail the token's way to the output
     */
    public record Departure(
            int window, int token, int layer, Site site, double decibels, Trail trail) {}

    /**
     * A token's way through the model.
     *
     * @param steps in the order of computation; they end at the layer where the token was pruned
     * @param output the ratio of what the head reads, in decibels; NaN if the token was pruned
     */
    public record Trail(List<Step> steps, double output) {

        public Trail {
            steps = List.copyOf(steps);
        }

        /** The first step below a threshold. */
        public Optional<Step> firstBelow(double threshold) {
            return steps.stream().filter(step -> step.decibels() < threshold).findFirst();
        }
    }

    /** The ratio at one place, in decibels; infinite while nothing differs. */
    public record Step(int layer, Site site, double decibels) {}

    /**
     * A position at which the most likely next token changes.
     *
     * @param window index of the window
     * @param token position in it
     * @param expected the float model's most likely next token
     * @param actual the tuned model's
     * @param floatOfExpected the float model's probability of {@code expected}
     * @param floatOfActual the float model's probability of {@code actual}
     * @param tunedOfExpected the tuned model's probability of {@code expected}
     * @param tunedOfActual the tuned model's probability of {@code actual}
     * @param trail the token's way to this prediction
     */
    public record Turn(
            int window,
            int token,
            int expected,
            int actual,
            double floatOfExpected,
            double floatOfActual,
            double tunedOfExpected,
            double tunedOfActual,
            Trail trail) {}
}

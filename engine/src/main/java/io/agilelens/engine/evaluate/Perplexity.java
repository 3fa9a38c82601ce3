package io.agilelens.engine.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * Perplexity over some windows, and what belongs to it so that it can be compared.
 *
 * @param protocol how windows were cut and scored
 * @param window tokens a window
 * @param windows windows evaluated so far
 * @param totalWindows windows there are to evaluate
 * @param tokens predictions scored at positions that reached the output
 * @param nll mean loss of those in nats
 * @param perplexity {@code exp} of the mean of the windows' mean losses, as GPTQ-style scripts
 *     print; with equal counts the same as {@code exp(nll)}. For {@link Protocol#WORD} {@code
 *     exp(nll · predictions / words)} of the text, which over the whole text is {@code exp(summed
 *     loss / words)}
 * @param standardError of {@code perplexity}, from the spread of single losses taken as independent
 * @param allPositions perplexity over all positions, pruned ones predicted by the nearest earlier
 *     survivor; equal to {@code perToken()} if nothing was pruned. For {@link Protocol#WORD} by
 *     words, as {@code perplexity}
 * @param allNll mean loss of those in nats
 * @param coverage share of the predictions that {@code perplexity} is over
 * @param windowNll summed loss of each window over kept positions, in nats
 * @param windowTokens number of predictions in each of those sums
 * @param measure the text's words and bytes, for {@link Protocol#WORD}
 * @param fromFloat distance from the float model; empty if not asked for
 */
public record Perplexity(
        Protocol protocol,
        int window,
        int windows,
        int totalWindows,
        long tokens,
        double nll,
        double perplexity,
        double standardError,
        double allPositions,
        double allNll,
        double coverage,
        List<Double> windowNll,
        List<Integer> windowTokens,
        Optional<TextMeasure> measure,
        Optional<Divergence> fromFloat) {

    public Perplexity {
        windowNll = List.copyOf(windowNll);
        windowTokens = List.copyOf(windowTokens);
    }

    /** Whether all windows were evaluated, so that nothing is estimated. */
    public boolean isComplete() {
        return windows == totalWindows;
    }

    /** {@code exp(nll)}: every prediction weighs the same, whatever its window. */
    public double perToken() {
        return Math.exp(nll);
    }

    /** Mean divergence from the float model in nats; NaN if not asked for. */
    public double divergence() {
        return fromFloat.map(Divergence::mean).orElse(Double.NaN);
    }

    /** Share of positions with the float model's most likely token; NaN if not asked for. */
    public double agreement() {
        return fromFloat.map(Divergence::agreement).orElse(Double.NaN);
    }
}

package io.agilelens.engine.evaluate;

import java.util.List;

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
 *     print; with equal counts the same as {@code exp(nll)}
 * @param standardError of {@code perplexity}, from the spread of single losses taken as independent
 * @param allPositions perplexity over all positions, pruned ones predicted by the nearest earlier
 *     survivor; equal to {@code exp(nll)} if nothing was pruned
 * @param coverage share of the predictions that {@code perplexity} is over
 * @param windowNll summed loss of each window over kept positions, in nats
 * @param windowTokens number of predictions in each of those sums
 * @param divergence mean Kullback–Leibler divergence from the float model in nats; NaN if not asked
 * @param agreement share of positions with the same most likely token; NaN if not asked
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
        double coverage,
        List<Double> windowNll,
        List<Integer> windowTokens,
        double divergence,
        double agreement) {

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
}

package io.agilelens.engine.evaluate;

/**
 * How far a tuned model's predictions lie from the float model's, over the positions that reached
 * the output of the tuned one. Quantiles are values that occur: of n values in ascending order the
 * one with number ⌈q·n⌉, counted from 1.
 *
 * @param positions how many
 * @param mean Kullback–Leibler divergence Σ p·(ln p − ln q) in nats, p the float prediction
 * @param standardError of {@code mean}, positions taken as independent; NaN for fewer than two
 * @param median of the divergences
 * @param ninetieth their 90 % quantile
 * @param ninetyNinth their 99 % quantile
 * @param largest the largest of them
 * @param largestWindow the window in which the largest lies
 * @param largestPosition the position in that window whose prediction it belongs to
 * @param agreement share of positions at which both think the same token most likely
 * @param agreementError standard error of {@code agreement}, positions taken as independent
 */
public record Divergence(
        long positions,
        double mean,
        double standardError,
        double median,
        double ninetieth,
        double ninetyNinth,
        double largest,
        int largestWindow,
        int largestPosition,
        double agreement,
        double agreementError) {

    /** Of no position at all: nothing is known. */
    static final Divergence NONE =
            new Divergence(
                    0,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    -1,
                    -1,
                    Double.NaN,
                    Double.NaN);
}

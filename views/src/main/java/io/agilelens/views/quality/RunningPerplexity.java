package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.Perplexity;
import java.util.List;

/**
 * Perplexity after each window, with its standard error. Arrays are {@code [windows]} and read
 * only.
 *
 * <p>The standard error after n predictions follows from the last one, which comes from the spread
 * of single losses taken as independent, by the square root of n.
 *
 * @param perplexity exp of the mean of the windows' mean losses so far
 * @param standardError of each, in the unit of perplexity
 */
public record RunningPerplexity(double[] perplexity, double[] standardError) {
    /** Standard errors to either side of a mean that hold 95 % of a normal distribution. */
    public static final double CONFIDENCE = 1.96;

    /**
     * @param windows how many of the evaluated windows to follow
     */
    public static RunningPerplexity of(Perplexity result, int windows) {
        int count = Math.min(windows, result.windows());
        double[] perplexity = new double[count];
        double[] standardError = new double[count];
        double relative = result.standardError() / result.perplexity();
        double means = 0;
        long tokens = 0;
        int scored = 0;
        for (int w = 0; w < count; w++) {
            int inWindow = result.windowTokens().get(w);
            if (inWindow > 0) {
                means += result.windowNll().get(w) / inWindow;
                scored++;
            }
            tokens += inWindow;
            perplexity[w] = scored == 0 ? Double.NaN : Math.exp(means / scored);
            standardError[w] =
                    perplexity[w] * relative * Math.sqrt((double) result.tokens() / tokens);
        }
        return new RunningPerplexity(perplexity, standardError);
    }

    public int windows() {
        return perplexity.length;
    }

    /** The value over all windows followed. */
    public double last() {
        return perplexity[windows() - 1];
    }

    /** Mean loss of each window in nats, {@code [windows]}; NaN where nothing was scored. */
    static double[] windowLoss(Perplexity result, int windows) {
        List<Double> sums = result.windowNll();
        double[] loss = new double[Math.min(windows, sums.size())];
        for (int w = 0; w < loss.length; w++) {
            loss[w] = sums.get(w) / result.windowTokens().get(w);
        }
        return loss;
    }
}

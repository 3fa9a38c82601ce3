package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * What repeated measurements come to.
 *
 * @param median of them; of an even number the upper middle one
 * @param spread their interquartile range, in the unit of the median
 */
public record Quartiles(double median, double spread) {

    /**
     * @param samples at least one
     */
    public static Quartiles of(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int count = sorted.length;
        return new Quartiles(sorted[count / 2], sorted[count * 3 / 4] - sorted[count / 4]);
    }

    /**
     * Of the ratios of samples taken in the same rounds, so that what slowed a round down slows
     * both sides.
     */
    public static Quartiles ofRatios(double[] numerators, double[] denominators) {
        double[] ratios = new double[numerators.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = numerators[i] / denominators[i];
        }
        return of(ratios);
    }
}

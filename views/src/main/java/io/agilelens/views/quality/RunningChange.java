package io.agilelens.views.quality;

/**
 * Relative change of the perplexity after each window, with a 95 % confidence band from the spread
 * of the windows' paired differences (Student's t). Arrays are {@code [windows]} and read only.
 *
 * @param change 0.05 for 5 % worse
 * @param low lower edge of the band; the change itself while fewer than three windows are known
 * @param high upper edge of the band; the change itself while fewer than three windows are known
 */
public record RunningChange(double[] change, double[] low, double[] high) {
    private static final int FEWEST = 3;

    /** The 97.5 % quantile of Student's t for 1, 2, 3 … degrees of freedom. */
    private static final double[] STUDENT = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
        2.052, 2.048, 2.045, 2.042
    };

    /**
     * @param baseline mean loss of each window in nats
     * @param tuned mean loss of the same windows in nats
     */
    static RunningChange of(double[] baseline, double[] tuned) {
        int count = Math.min(baseline.length, tuned.length);
        double[] change = new double[count];
        double[] low = new double[count];
        double[] high = new double[count];
        double mean = 0;
        double squares = 0;
        for (int w = 0; w < count; w++) {
            double difference = tuned[w] - baseline[w];
            double step = difference - mean;
            mean += step / (w + 1);
            squares += step * (difference - mean);
            int known = w + 1;
            double reach =
                    known < FEWEST ? 0 : student(w) * Math.sqrt(squares / (known - 1) / known);
            change[w] = Math.expm1(mean);
            low[w] = Math.expm1(mean - reach);
            high[w] = Math.expm1(mean + reach);
        }
        return new RunningChange(change, low, high);
    }

    private static double student(int degrees) {
        return degrees <= STUDENT.length ? STUDENT[degrees - 1] : RunningPerplexity.CONFIDENCE;
    }
}

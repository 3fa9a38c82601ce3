package io.agilelens.engine.evaluate;

/**
 * Running mean and variance (Welford's algorithm), so that a value can be shown with its standard
 * error while it is still being computed.
 */
final class MeanEstimate {
    private long count;
    private double mean;
    private double squares;

    void add(double value) {
        count++;
        double delta = value - mean;
        mean += delta / count;
        squares += delta * (value - mean);
    }

    long count() {
        return count;
    }

    /** NaN before the first value. */
    double mean() {
        return count == 0 ? Double.NaN : mean;
    }

    /** Standard error of the mean; NaN with fewer than two values. */
    double standardError() {
        return count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1) / count);
    }
}

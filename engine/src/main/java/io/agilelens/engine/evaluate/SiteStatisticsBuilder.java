package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;

/** Gathers {@link SiteStatistics} over several passes. */
final class SiteStatisticsBuilder {
    private final int layer;
    private final Site site;
    private final float[] minimum;
    private final float[] maximum;
    private final long[] large;
    private final double[] squaredError;
    private double sum;
    private double squares;
    private double cubes;
    private double fourths;
    private int tokens;
    private float first;
    private float other;

    SiteStatisticsBuilder(int layer, Site site, int channels) {
        this.layer = layer;
        this.site = site;
        minimum = new float[channels];
        maximum = new float[channels];
        Arrays.fill(minimum, Float.POSITIVE_INFINITY);
        Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
        large = new long[channels];
        squaredError = new double[channels];
    }

    /**
     * @param before {@code [tokens, channels]}
     * @param after the same after quantization, or the very same matrix
     * @param startsWindow whether row 0 is the first token of a window
     */
    void add(Matrix before, Matrix after, boolean startsWindow) {
        boolean changed = before.data() != after.data();
        for (int t = 0; t < before.rows(); t++) {
            int row = before.offset(t);
            float largest = 0;
            for (int c = 0; c < before.columns(); c++) {
                float x = before.data()[row + c];
                float magnitude = Math.abs(x);
                minimum[c] = Math.min(minimum[c], x);
                maximum[c] = Math.max(maximum[c], x);
                largest = Math.max(largest, magnitude);
                if (magnitude >= OutlierCensus.MAGNITUDE) {
                    large[c]++;
                }
                double square = (double) x * x;
                sum += x;
                squares += square;
                cubes += square * x;
                fourths += square * square;
                if (changed) {
                    double error = x - after.data()[row + c];
                    squaredError[c] += error * error;
                }
            }
            if (t == 0 && startsWindow) {
                first = Math.max(first, largest);
            } else {
                other = Math.max(other, largest);
            }
        }
        tokens += before.rows();
    }

    SiteStatistics build() {
        int channels = minimum.length;
        float[] share = new float[channels];
        float[] error = new float[channels];
        double noise = 0;
        for (int c = 0; c < channels; c++) {
            share[c] = (float) large[c] / tokens;
            error[c] = (float) (squaredError[c] / tokens);
            noise += squaredError[c];
        }
        double count = (double) tokens * channels;
        double mean = sum / count;
        double variance = squares / count - mean * mean;
        double fourth =
                fourths / count
                        - 4 * mean * cubes / count
                        + 6 * mean * mean * squares / count
                        - 3 * mean * mean * mean * mean;
        return new SiteStatistics(
                layer,
                site,
                tokens,
                minimum,
                maximum,
                share,
                error,
                SignalToNoise.decibels(squares, noise),
                variance <= 0 ? Double.NaN : fourth / (variance * variance),
                Math.sqrt(squares / count),
                first,
                other);
    }
}

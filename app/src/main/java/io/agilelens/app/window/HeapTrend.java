package io.agilelens.app.window;

import java.util.Arrays;
import java.util.List;

/**
 * Whether the heap that is left after collections grows with time. The slope is the median of the
 * slopes between all pairs (Theil and Sen), which single outliers do not move; that there is one at
 * all is tested with the signs of the same pairs (Mann and Kendall). Measurements in the same
 * window are alike, and so many say as much as fewer that know nothing of each other: the test's
 * variance grows by what the correlation of neighbours makes of it (Hamed and Rao, for a series in
 * which each follows from the one before).
 *
 * @param samples number of measurements behind the warm-up
 * @param median bytes
 * @param growth bytes from the first to the last of them by that slope
 * @param certainty standard deviations by which the signs depart from those of no trend
 */
record HeapTrend(int samples, long median, long growth, double certainty) {
    /** With fewer measurements nothing can be said. */
    static final int FEWEST = 6;

    /** One-sided, one in a thousand: every build asks, and chance must not fail it. */
    private static final double CERTAIN = 3.09;

    /** Beyond this a correlation says that there is next to nothing to go by. */
    private static final double LARGEST_CORRELATION = 0.9;

    /** What may stay: caches, and the collector's own accuracy. */
    private static final long TOLERATED = 8L << 20;

    /**
     * @param heap bytes in use after a collection, in the order of time; the first third is taken
     *     for warming up
     */
    static HeapTrend of(List<Long> heap) {
        long[] values =
                heap.subList((heap.size() + 2) / 3, heap.size()).stream()
                        .mapToLong(Long::longValue)
                        .toArray();
        int n = values.length;
        if (n < 2) {
            return new HeapTrend(n, n == 0 ? 0 : values[0], 0, 0);
        }
        double[] slopes = new double[n * (n - 1) / 2];
        int pair = 0;
        long signs = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                slopes[pair++] = (double) (values[j] - values[i]) / (j - i);
                signs += Long.signum(values[j] - values[i]);
            }
        }
        double slope = median(slopes);
        double correlation = Math.clamp(correlation(values, slope), 0, LARGEST_CORRELATION);
        double variance =
                n * (n - 1.0) * (2.0 * n + 5) / 18 * (1 + correlation) / (1 - correlation);
        double certainty = (signs - Math.signum((double) signs)) / Math.sqrt(variance);
        Arrays.sort(values);
        return new HeapTrend(n, values[n / 2], Math.round(slope * (n - 1)), certainty);
    }

    /** Of neighbours once the trend is taken off. */
    private static double correlation(long[] values, double slope) {
        double[] rest = new double[values.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = values[i] - slope * i;
        }
        double mean = Arrays.stream(rest).average().orElseThrow();
        double products = 0;
        double squares = 0;
        for (int i = 0; i < rest.length; i++) {
            squares += (rest[i] - mean) * (rest[i] - mean);
            if (i > 0) {
                products += (rest[i] - mean) * (rest[i - 1] - mean);
            }
        }
        return squares == 0 ? 0 : products / squares;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /** Whether the heap grows, by more than is tolerated and more surely than by chance. */
    boolean leaks() {
        return samples >= FEWEST
                && certainty > CERTAIN
                && growth > Math.max(TOLERATED, median / 20);
    }
}

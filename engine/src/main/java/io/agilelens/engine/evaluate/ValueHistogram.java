package io.agilelens.engine.evaluate;

import io.agilelens.engine.tensor.Tensor;

/**
 * How often the values of a tensor fall into bins of one width. Values beyond the outer edges count
 * in the outer bins; not-a-number and infinite values are left out. The arrays are shared: read
 * only.
 *
 * @param edges rising, evenly spaced, {@code [bins + 1]}; a bin holds its lower edge
 * @param counts {@code [bins]}
 */
public record ValueHistogram(double[] edges, long[] counts) {
    public ValueHistogram {
        if (edges.length != counts.length + 1 || counts.length == 0) {
            throw new IllegalArgumentException(
                    edges.length + " edges do not enclose " + counts.length + " bins");
        }
    }

    /**
     * Reads the whole tensor once, a piece at a time, unless it is cancelled.
     *
     * @param tensor one whose elements are floats
     * @param edges rising and evenly spaced, at least two
     */
    public static ValueHistogram of(Tensor tensor, double[] edges) {
        ValueHistogram histogram = new ValueHistogram(edges, new long[edges.length - 1]);
        TensorPieces.read(tensor, (_, values, count) -> histogram.count(values, count));
        return histogram;
    }

    /** Counts values in memory. */
    public static ValueHistogram of(float[] values, double[] edges) {
        ValueHistogram histogram = new ValueHistogram(edges, new long[edges.length - 1]);
        histogram.count(values, values.length);
        return histogram;
    }

    /** Only before anybody else sees the counts. */
    private void count(float[] values, int length) {
        double low = edges[0];
        int last = counts.length - 1;
        double width = (edges[last + 1] - low) / counts.length;
        for (int i = 0; i < length; i++) {
            if (Float.isFinite(values[i])) {
                // What lies below is cut towards the first bin, too.
                int bin = (int) ((values[i] - low) / width);
                counts[Math.min(Math.max(bin, 0), last)]++;
            }
        }
    }

    /** How many values were counted. */
    public long total() {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        return total;
    }
}

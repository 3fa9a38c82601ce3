package io.agilelens.engine.evaluate;

import io.agilelens.engine.task.Cancellation;
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
    private static final int CHUNK = 1 << 16;

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
        return of(tensor, 0, tensor.elements(), edges);
    }

    /**
     * Reads neighbouring values of a tensor.
     *
     * @param first index of the first, row-major
     * @param count how many
     */
    public static ValueHistogram of(Tensor tensor, long first, long count, double[] edges) {
        long[] counts = new long[edges.length - 1];
        double low = edges[0];
        double bins = counts.length;
        double width = (edges[edges.length - 1] - low) / bins;
        float[] chunk = new float[(int) Math.min(CHUNK, count)];
        for (long done = 0; done < count; done += CHUNK) {
            Cancellation.current().check();
            int piece = (int) Math.min(CHUNK, count - done);
            tensor.widen(first + done, chunk, 0, piece);
            for (int i = 0; i < piece; i++) {
                if (Float.isFinite(chunk[i])) {
                    double bin = Math.floor((chunk[i] - low) / width);
                    counts[(int) Math.clamp(bin, 0, bins - 1)]++;
                }
            }
        }
        return new ValueHistogram(edges, counts);
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

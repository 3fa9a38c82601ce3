package io.agilelens.engine.evaluate;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Tensor;

/**
 * What the values of a stored tensor look like. Not-a-number and infinite values are counted and
 * otherwise left out.
 *
 * @param minimum smallest finite value; NaN if there is none
 * @param maximum largest finite value; NaN if there is none
 * @param mean of the finite values
 * @param standardDeviation of the finite values
 * @param unusable how many values are not finite
 */
public record TensorStatistics(
        double minimum, double maximum, double mean, double standardDeviation, long unusable) {
    private static final int CHUNK = 1 << 16;

    /**
     * Reads the whole tensor once, a piece at a time, unless it is cancelled.
     *
     * @param tensor one whose elements are floats
     */
    public static TensorStatistics of(Tensor tensor) {
        float[] chunk = new float[CHUNK];
        double minimum = Double.NaN;
        double maximum = Double.NaN;
        double sum = 0;
        double squares = 0;
        long finite = 0;
        long elements = tensor.elements();
        for (long start = 0; start < elements; start += CHUNK) {
            Cancellation.current().check();
            int count = (int) Math.min(CHUNK, elements - start);
            tensor.widen(start, chunk, 0, count);
            for (int i = 0; i < count; i++) {
                float x = chunk[i];
                if (Float.isFinite(x)) {
                    minimum = finite == 0 ? x : Math.min(minimum, x);
                    maximum = finite == 0 ? x : Math.max(maximum, x);
                    sum += x;
                    squares += (double) x * x;
                    finite++;
                }
            }
        }
        double mean = finite == 0 ? Double.NaN : sum / finite;
        double variance = finite == 0 ? Double.NaN : Math.max(0, squares / finite - mean * mean);
        return new TensorStatistics(minimum, maximum, mean, Math.sqrt(variance), elements - finite);
    }
}

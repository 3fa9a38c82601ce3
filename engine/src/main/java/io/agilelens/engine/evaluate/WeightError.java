package io.agilelens.engine.evaluate;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Tensor;
import java.util.Arrays;

/**
 * How far the weights that a quantizer's codes stand for are from the weights themselves, over all
 * of a tensor. Pairs of which one is not finite are left out.
 *
 * @param signalToNoise {@code Σ w² / Σ (ŵ − w)²} in decibels; infinite without any error
 * @param rootMeanSquare of {@code ŵ − w}; NaN if no pair is finite
 * @param largest {@code max |ŵ − w|}; NaN if no pair is finite
 * @param index of the largest, row-major, the first of several; −1 if no pair is finite
 */
public record WeightError(double signalToNoise, double rootMeanSquare, double largest, long index) {
    private static final int CHUNK = 1 << 16;

    /**
     * Reads both tensors once, a piece at a time, unless it is cancelled.
     *
     * @param exact the weights {@code w}, floats
     * @param rounded {@code ŵ}, floats of the same shape
     */
    public static WeightError of(Tensor exact, Tensor rounded) {
        if (!Arrays.equals(exact.shape(), rounded.shape())) {
            throw new IllegalArgumentException(
                    "%s and %s have different shapes".formatted(exact.name(), rounded.name()));
        }
        float[] w = new float[CHUNK];
        float[] r = new float[CHUNK];
        double signal = 0;
        double noise = 0;
        double largest = Double.NaN;
        long index = -1;
        long pairs = 0;
        long elements = exact.elements();
        for (long start = 0; start < elements; start += CHUNK) {
            Cancellation.current().check();
            int count = (int) Math.min(CHUNK, elements - start);
            exact.widen(start, w, 0, count);
            rounded.widen(start, r, 0, count);
            for (int i = 0; i < count; i++) {
                double error = (double) r[i] - w[i];
                if (Double.isFinite(error)) {
                    signal += (double) w[i] * w[i];
                    noise += error * error;
                    pairs++;
                    if (index < 0 || Math.abs(error) > largest) {
                        largest = Math.abs(error);
                        index = start + i;
                    }
                }
            }
        }
        return new WeightError(
                SignalToNoise.decibels(signal, noise),
                pairs == 0 ? Double.NaN : Math.sqrt(noise / pairs),
                largest,
                index);
    }
}

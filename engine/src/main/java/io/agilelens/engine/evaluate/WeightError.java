package io.agilelens.engine.evaluate;

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

    /**
     * Reads both tensors once, a piece at a time, unless it is cancelled.
     *
     * @param exact the weights {@code w}, floats
     * @param rounded {@code ŵ}, floats of the same shape
     */
    public static WeightError of(Tensor exact, Tensor rounded) {
        requireSameShape(exact, rounded);
        Sums sums = new Sums();
        TensorPieces.read(exact, rounded, sums::add);
        return sums.error();
    }

    static void requireSameShape(Tensor exact, Tensor rounded) {
        if (!Arrays.equals(exact.shape(), rounded.shape())) {
            throw new IllegalArgumentException(
                    "%s and %s have different shapes".formatted(exact.name(), rounded.name()));
        }
    }

    /** What pieces are added to one by one. */
    static final class Sums {
        private double signal;
        private double noise;
        private double largest = Double.NaN;
        private long index = -1;
        private long pairs;

        void add(long start, float[] exact, float[] rounded, int count) {
            for (int i = 0; i < count; i++) {
                double error = (double) rounded[i] - exact[i];
                if (Double.isFinite(error)) {
                    signal += (double) exact[i] * exact[i];
                    noise += error * error;
                    pairs++;
                    if (index < 0 || Math.abs(error) > largest) {
                        largest = Math.abs(error);
                        index = start + i;
                    }
                }
            }
        }

        WeightError error() {
            return new WeightError(
                    SignalToNoise.decibels(signal, noise),
                    pairs == 0 ? Double.NaN : Math.sqrt(noise / pairs),
                    largest,
                    index);
        }
    }
}

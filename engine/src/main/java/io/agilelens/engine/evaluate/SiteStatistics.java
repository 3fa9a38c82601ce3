package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Site;

/**
 * What the activations at one site of one layer look like over some tokens. Arrays are {@code
 * [channels]} and read only.
 *
 * @param tokens rows that were seen
 * @param minimum of each channel
 * @param maximum of each channel
 * @param largeShare share of the tokens at which a channel's magnitude reaches {@link
 *     OutlierCensus#MAGNITUDE}
 * @param error mean squared error that quantization makes in each channel; zeros if there is none
 * @param signalToNoise 10 · log10(Σ x² / Σ (x − x̂)²) in decibels; infinite if nothing is quantized
 * @param kurtosis of all values: 3 for a normal distribution, larger with outliers
 * @param rootMeanSquare of all values
 * @param firstTokenMagnitude largest |x| at the first token
 * @param otherMagnitude largest |x| at all other tokens
 */
public record SiteStatistics(
        int layer,
        Site site,
        int tokens,
        float[] minimum,
        float[] maximum,
        float[] largeShare,
        float[] error,
        double signalToNoise,
        double kurtosis,
        double rootMeanSquare,
        float firstTokenMagnitude,
        float otherMagnitude) {

    public int channels() {
        return minimum.length;
    }

    /** Largest |x| of a channel. */
    public float magnitude(int channel) {
        return Math.max(Math.abs(minimum[channel]), Math.abs(maximum[channel]));
    }

    /** Largest |x| of all channels. */
    public float magnitude() {
        return Math.max(firstTokenMagnitude, otherMagnitude);
    }

    /** The channel with the largest |x|. */
    public int largestChannel() {
        int largest = 0;
        for (int c = 1; c < channels(); c++) {
            if (magnitude(c) > magnitude(largest)) {
                largest = c;
            }
        }
        return largest;
    }
}

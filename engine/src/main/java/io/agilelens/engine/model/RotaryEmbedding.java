package io.agilelens.engine.model;

import java.util.List;

/**
 * Rotary position embedding: element {@code i} of a head turns by {@code position · frequency(i)}.
 *
 * @param theta base of the frequencies, {@code theta^(-2i / headDimension)}
 * @param scaling how the frequencies are stretched for longer contexts
 */
public record RotaryEmbedding(double theta, Scaling scaling) {

    /** How frequencies are stretched for longer contexts. */
    public sealed interface Scaling {}

    /** Frequencies as they are. */
    public record Unscaled() implements Scaling {}

    /** Every frequency divided by {@code factor}. */
    public record Linear(double factor) implements Scaling {}

    /**
     * LLaMA 3: long waves divided by {@code factor}, short ones kept, those between blended.
     *
     * @param originalContext the context length before stretching, in tokens
     */
    public record Llama3(
            double factor,
            double lowFrequencyFactor,
            double highFrequencyFactor,
            int originalContext)
            implements Scaling {}

    /**
     * Every frequency divided by a number of its own, as GGUF files store a stretch.
     *
     * @param divisors one for each of the {@code headDimension / 2} frequencies, all positive
     */
    public record Divisors(List<Float> divisors) implements Scaling {
        public Divisors {
            divisors = List.copyOf(divisors);
        }
    }

    /**
     * The angle per position of each pair of elements.
     *
     * @return {@code headDimension / 2} frequencies in radians per position
     */
    public float[] frequencies(int headDimension) {
        float[] frequencies = new float[headDimension / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(theta, -2.0 * i / headDimension);
            frequencies[i] =
                    (float)
                            switch (scaling) {
                                case Unscaled() -> frequency;
                                case Linear(double factor) -> frequency / factor;
                                case Llama3 llama3 -> stretch(frequency, llama3);
                                case Divisors(List<Float> divisors) -> frequency / divisors.get(i);
                            };
        }
        return frequencies;
    }

    private static double stretch(double frequency, Llama3 scaling) {
        double wavelength = 2 * Math.PI / frequency;
        double original = scaling.originalContext();
        if (wavelength < original / scaling.highFrequencyFactor()) {
            return frequency;
        }
        if (wavelength > original / scaling.lowFrequencyFactor()) {
            return frequency / scaling.factor();
        }
        double blend =
                (original / wavelength - scaling.lowFrequencyFactor())
                        / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
        return (1 - blend) * frequency / scaling.factor() + blend * frequency;
    }
}

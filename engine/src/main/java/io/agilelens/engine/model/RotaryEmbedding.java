package io.agilelens.engine.model;

import java.util.List;

/**
 * Rotary position embedding: element {@code i} of a head turns by {@code position · frequency(i)}.
 *
 * @param theta base of the frequencies, {@code theta^(-2i / headDimension)}
 * @param scaling how the frequencies are stretched for longer contexts
 */
public record RotaryEmbedding(double theta, Scaling scaling) implements PositionEncoding {

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
     * Frequencies as they are up to {@code originalContext} tokens; longer sequences have a larger
     * base: {@code theta · (factor · length / originalContext − (factor − 1))^(d / (d − 2))}, d
     * being the head dimension. As in Hugging Face's code the length is that of the sequence so
     * far, so keys cached by an earlier pass keep the frequencies of its length. A layer that
     * numbers the survivors of pruning anew has a sequence of that many tokens.
     *
     * @param originalContext the context length before stretching, in tokens
     */
    public record Dynamic(double factor, int originalContext) implements Scaling {}

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
     * @param length tokens of the sequence, counted to the last one of the pass
     * @return {@code headDimension / 2} frequencies in radians per position
     */
    public float[] frequencies(int headDimension, int length) {
        float[] frequencies = new float[headDimension / 2];
        double base =
                scaling instanceof Dynamic dynamic ? grow(dynamic, headDimension, length) : theta;
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(base, -2.0 * i / headDimension);
            frequencies[i] =
                    (float)
                            switch (scaling) {
                                case Unscaled(), Dynamic _ -> frequency;
                                case Linear(double factor) -> frequency / factor;
                                case Llama3 llama3 -> stretch(frequency, llama3);
                                case Divisors(List<Float> divisors) -> frequency / divisors.get(i);
                            };
        }
        return frequencies;
    }

    private double grow(Dynamic scaling, int headDimension, int length) {
        if (length <= scaling.originalContext()) {
            return theta;
        }
        double growth =
                scaling.factor() * length / scaling.originalContext() - (scaling.factor() - 1);
        return theta * Math.pow(growth, headDimension / (headDimension - 2.0));
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

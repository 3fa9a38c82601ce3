package io.agilelens.engine.evaluate;

/** Ratios of signal to noise in decibels. */
final class SignalToNoise {

    private SignalToNoise() {}

    /**
     * {@code 10 · log10(signal / noise)}; infinite without noise.
     *
     * @param signal Σ x²
     * @param noise Σ (x − x̂)²
     */
    static double decibels(double signal, double noise) {
        return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    }
}

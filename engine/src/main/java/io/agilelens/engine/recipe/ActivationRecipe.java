package io.agilelens.engine.recipe;

/**
 * @param bits 2…8
 * @param maxExponent K, the largest exponent TRIP may give a channel
 */
public record ActivationRecipe(
        ActivationMethod method, int bits, int maxExponent, Granularity granularity) {

    /** Activations as they are. */
    public static final ActivationRecipe NONE =
            new ActivationRecipe(ActivationMethod.NONE, 8, 3, Granularity.TENSOR);

    public ActivationRecipe {
        Knobs.ACTIVATION_BITS.check(bits);
        Knobs.MAX_EXPONENT.check(maxExponent);
    }
}

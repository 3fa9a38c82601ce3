package io.agilelens.engine.recipe;

/**
 * @param bits 2…8
 */
public record SoftmaxRecipe(SoftmaxMethod method, int bits) {

    /** Probabilities as they are. */
    public static final SoftmaxRecipe NONE = new SoftmaxRecipe(SoftmaxMethod.NONE, 4);

    public SoftmaxRecipe {
        Knobs.SOFTMAX_BITS.check(bits);
    }
}

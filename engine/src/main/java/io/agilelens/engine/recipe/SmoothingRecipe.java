package io.agilelens.engine.recipe;

/**
 * @param alpha migration strength α, 0…1: the larger, the more of the range moves into the weights
 */
public record SmoothingRecipe(SmoothingMethod method, double alpha) {

    /** Activations keep their range. */
    public static final SmoothingRecipe NONE = new SmoothingRecipe(SmoothingMethod.NONE, 0.5);

    public SmoothingRecipe {
        Knobs.SMOOTHING_ALPHA.check(alpha);
    }
}

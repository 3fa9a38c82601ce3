package io.agilelens.engine.recipe;

/**
 * Which of AWQ's two searches are done (METHOD §3).
 *
 * @param scale whether input channels are scaled by their activations' magnitude
 * @param clip whether the weights' ranges are narrowed where that lowers the error
 */
public record AwqRecipe(boolean scale, boolean clip) {

    /** As the paper has it. */
    public static final AwqRecipe DEFAULT = new AwqRecipe(true, true);
}

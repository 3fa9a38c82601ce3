package io.agilelens.engine.recipe;

/**
 * How GPTQ goes about a layer (METHOD §4).
 *
 * @param damping share of the Hessian's mean diagonal that is added to the diagonal, above 0 and at
 *     most 1
 * @param block input channels whose updates are gathered before the rest of the weight sees them
 * @param activationOrder whether columns are quantized by falling diagonal of the Hessian
 * @param staticGroups whether the groups' scales come from the original weight before any update
 * @param sequential whether each set of linears sees inputs that already went through the quantized
 *     sets before it; otherwise all linears of a layer see the layer's float inputs
 */
public record GptqRecipe(
        double damping,
        int block,
        boolean activationOrder,
        boolean staticGroups,
        boolean sequential) {

    /** The paper's defaults. */
    public static final GptqRecipe DEFAULT = new GptqRecipe(0.01, 128, false, false, true);

    public GptqRecipe {
        Knobs.GPTQ_DAMPING.check(damping);
        Knobs.GPTQ_BLOCK.check(block);
    }
}

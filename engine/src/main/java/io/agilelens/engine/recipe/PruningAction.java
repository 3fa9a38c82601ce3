package io.agilelens.engine.recipe;

/** What happens to the least important tokens. */
public enum PruningAction {
    /** They leave before the layer's MLP and never come back. */
    REMOVE,
    /**
     * They stay, but their activations are quantized with fewer bits at the attention output, the
     * MLP input and the MLP's hidden layer (the published code's second mode).
     */
    LOWER_BITS
}

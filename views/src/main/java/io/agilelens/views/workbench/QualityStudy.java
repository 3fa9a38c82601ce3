package io.agilelens.views.workbench;

/** What can be asked about where a recipe loses its quality; each takes many passes. */
public enum QualityStudy implements Work {
    /** Components of the recipe, each alone on and alone off. */
    BUDGET,
    /** Layers, each alone quantized and alone float. */
    LAYERS,
    /** The first token, layer and site that departs, and noise by layer and site. */
    DIVERGENCE,
    /** Loss over sparsity as more tokens are pruned. */
    CURVE,
    /** Loss over the length of the windows. */
    LENGTHS
}

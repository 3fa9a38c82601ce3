package io.agilelens.views.lessons;

/** What a step waits for. */
public enum Need {
    /** An open model, the shown window seen through it. */
    MODEL,
    /** The shown window through the recipe in force, with the selected layer in full. */
    PICTURES,
    /** The perplexity of the recipe in force over the whole text. */
    QUALITY,
    /** Kernels measured on this machine, which a person asks for. */
    KERNELS,
    /** The error budget of the recipe in force, which a person asks for. */
    BUDGET,
    /** The recipe in force among the pinned runs, where a person puts it. */
    PINNED
}

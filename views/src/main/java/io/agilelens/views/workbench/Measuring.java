package io.agilelens.views.workbench;

/** What is measured on this machine when a person asks for it. */
public enum Measuring implements Work {
    /** Products with vectors of one width. */
    KERNELS,
    /** Products with vectors of every width. */
    WIDTHS,
    /** Whole passes of the model. */
    PASSES,
    /** Whole passes with the recipes of pinned runs. */
    RUNS
}

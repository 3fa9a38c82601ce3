package io.agilelens.engine.recipe;

/** How weights are quantized. */
public enum WeightMethod {
    NONE,
    /** Round to nearest. */
    RTN,
    GPTQ,
    AWQ
}

package io.agilelens.engine.recipe;

/** How attention probabilities are quantized. */
public enum SoftmaxMethod {
    NONE,
    UNIFORM,
    LOG2
}

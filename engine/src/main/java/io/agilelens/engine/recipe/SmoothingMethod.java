package io.agilelens.engine.recipe;

/** Whether the range of activations is moved into the weights before anything is quantized. */
public enum SmoothingMethod {
    NONE,
    /** SmoothQuant: {@code s_j = max|X_j|^α / max|W_j|^(1−α)}. */
    SMOOTHQUANT
}

package io.agilelens.engine.recipe;

/** How activations are quantized. */
public enum ActivationMethod {
    NONE,
    UNIFORM,
    /** One scale for the tensor and a power of two for each channel. */
    TRIP
}

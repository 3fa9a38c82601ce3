package io.agilelens.engine.model;

/** What the MLP does between its first linears and its last one. */
public enum FeedForward {
    /** {@code silu(gate) · up} (LLaMA). */
    GATED_SILU,
    /** {@code max(up, 0)} (OPT). */
    RELU,
    /** GELU of {@code up}, in its tanh form (BLOOM). */
    GELU_TANH;

    /** Whether there is a {@link LinearRole#GATE}. */
    boolean isGated() {
        return this == GATED_SILU;
    }
}

package io.agilelens.engine.recipe;

/** What shares a scale in uniform activation quantization. */
public enum Granularity {
    TENSOR,
    /** A free scale per channel; for queries, keys and values per head. */
    CHANNEL,
    /** A scale per token, found while running. */
    TOKEN
}

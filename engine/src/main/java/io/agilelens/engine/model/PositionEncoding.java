package io.agilelens.engine.model;

/** How a decoder knows where a token stands. */
public sealed interface PositionEncoding permits RotaryEmbedding, LearnedPositions, Alibi {}

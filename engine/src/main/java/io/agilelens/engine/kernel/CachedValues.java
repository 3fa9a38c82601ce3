package io.agilelens.engine.kernel;

/** A layer's attention values, to which later tokens' are added. */
public interface CachedValues extends PackedValues, CachedHeads {}

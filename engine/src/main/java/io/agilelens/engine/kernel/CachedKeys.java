package io.agilelens.engine.kernel;

/** A layer's attention keys, to which later tokens' are added. */
public interface CachedKeys extends PackedKeys, CachedHeads {}

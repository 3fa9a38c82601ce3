package io.agilelens.engine.kernel;

/** A layer's attention keys in the layout that kernels like. */
public interface PackedKeys {

    /** Keys of each head. */
    int keys();

    /** Key/value heads. */
    int heads();

    /** Channels of a head. */
    int headDimension();

    /**
     * Says that nobody reads it any more, so that what this thread packs next may use its memory.
     */
    default void giveBack() {}
}

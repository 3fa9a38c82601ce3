package io.agilelens.engine.kernel;

/**
 * A layer's attention values, as floats or as integers with a scale a head, in the layout that
 * kernels like.
 */
public interface PackedValues {

    /** Values of each head, one for every key. */
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

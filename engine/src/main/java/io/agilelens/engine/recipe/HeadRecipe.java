package io.agilelens.engine.recipe;

/**
 * The weight of the output head; what it reads stays float. Where a model's head is its embedding,
 * tokens are still looked up in that as it is.
 *
 * @param bits 2…8
 * @param group input channels that share a scale, or −1 for whole rows
 */
public record HeadRecipe(HeadMethod method, int bits, int group) {

    /** The head as it is; the other values are what a method switched on would start from. */
    public static final HeadRecipe NONE = new HeadRecipe(HeadMethod.NONE, 8, 32);

    public HeadRecipe {
        Knobs.HEAD_BITS.check(bits);
        Knobs.HEAD_GROUP.checkGroup(group);
    }

    /** Whether both do the same; a head left as it is may carry any bits. */
    public boolean quantizesAs(HeadRecipe other) {
        return equals(other) || method == HeadMethod.NONE && other.method == HeadMethod.NONE;
    }
}

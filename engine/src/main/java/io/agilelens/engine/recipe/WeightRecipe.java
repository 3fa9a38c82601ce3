package io.agilelens.engine.recipe;

/**
 * @param bits 2…8
 * @param group input channels that share a scale, or −1 for whole rows
 * @param symmetric zero point in the middle of the range
 * @param gptq in force where the method is GPTQ
 * @param awq in force where the method is AWQ
 */
public record WeightRecipe(
        WeightMethod method,
        int bits,
        int group,
        boolean symmetric,
        GptqRecipe gptq,
        AwqRecipe awq) {

    /** Weights as they are; the other values are what a method switched on would start from. */
    public static final WeightRecipe NONE = new WeightRecipe(WeightMethod.NONE, 4, 32, false);

    public WeightRecipe {
        Knobs.WEIGHT_BITS.check(bits);
        Knobs.WEIGHT_GROUP.checkGroup(group);
    }

    /** With the methods' default settings. */
    public WeightRecipe(WeightMethod method, int bits, int group, boolean symmetric) {
        this(method, bits, group, symmetric, GptqRecipe.DEFAULT, AwqRecipe.DEFAULT);
    }

    public WeightRecipe withMethod(WeightMethod changed) {
        return new WeightRecipe(changed, bits, group, symmetric, gptq, awq);
    }

    public WeightRecipe withBits(int changed) {
        return new WeightRecipe(method, changed, group, symmetric, gptq, awq);
    }

    public WeightRecipe withGroup(int changed) {
        return new WeightRecipe(method, bits, changed, symmetric, gptq, awq);
    }

    public WeightRecipe withSymmetric(boolean changed) {
        return new WeightRecipe(method, bits, group, changed, gptq, awq);
    }

    public WeightRecipe withGptq(GptqRecipe changed) {
        return new WeightRecipe(method, bits, group, symmetric, changed, awq);
    }

    public WeightRecipe withAwq(AwqRecipe changed) {
        return new WeightRecipe(method, bits, group, symmetric, gptq, changed);
    }
}

package io.agilelens.app.command;

import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import java.util.Arrays;
import java.util.List;

/**
 * The arithmetics that {@code bench} runs a model in, by the names that its options know. All but
 * {@link #FP32} keep keys and values in half precision, and where weights are quantized the output
 * head has 8 bits, as other engines have it.
 */
public enum BenchRow {
    FP32("fp32"),
    FP16("fp16"),
    /** 8-bit weights and activations, a scale for each token. */
    W8A8("w8a8"),
    /** 4-bit weights, 8-bit activations with a scale for each token. */
    W4A8("w4a8"),
    /** Agile-Quant-8 on rounded weights: TRIP activations and Log2 softmax. */
    W4A8_TRIP("w4a8-trip"),
    /** Agile-Quant-4 on rounded weights. */
    W4A4_TRIP("w4a4-trip"),
    /** The same with pruned tokens. */
    W4A4_TRIP_PRUNED("w4a4-trip-pruned"),
    /** 4-bit weights, float activations: what AWQ's models run on. */
    W4A16("w4a16");

    /** Inputs that share a scale where nothing else is asked for, as in llama.cpp's files. */
    static final int USUAL_GROUP = 32;

    private static final int HEAD_BITS = 8;
    private static final int LARGEST_EXPONENT = 3;

    private final String title;

    BenchRow(String title) {
        this.title = title;
    }

    /** Its name on the command line and in results. */
    public String title() {
        return title;
    }

    /** All names, in order. */
    static List<String> titles() {
        return Arrays.stream(values()).map(BenchRow::title).toList();
    }

    /** Whether weights stay float, in the precision of its name. */
    boolean isFloat() {
        return this == FP32 || this == FP16;
    }

    /** Of a float row. */
    WeightPrecision precision() {
        return this == FP32 ? WeightPrecision.FP32 : WeightPrecision.FP16;
    }

    /**
     * With the usual groups.
     *
     * @param pruning of the pruned row
     */
    public Recipe recipe(PruningRecipe pruning) {
        return recipe(pruning, USUAL_GROUP);
    }

    /**
     * @param pruning of the pruned row
     * @param group inputs that share a scale, of quantized weights and their head
     */
    Recipe recipe(PruningRecipe pruning, int group) {
        return this == FP32 ? Recipe.FLOAT : arithmetic(pruning, group).withCache(CacheRecipe.HALF);
    }

    private Recipe arithmetic(PruningRecipe pruning, int group) {
        return switch (this) {
            case FP32, FP16 -> Recipe.FLOAT;
            case W8A8 -> weights(8, group).withActivations(ofTokens());
            case W4A8 -> weights(4, group).withActivations(ofTokens());
            case W4A8_TRIP -> trip(8, group);
            case W4A4_TRIP -> trip(4, group);
            case W4A4_TRIP_PRUNED -> trip(4, group).withPruning(pruning);
            case W4A16 -> weights(4, group);
        };
    }

    private static Recipe weights(int bits, int group) {
        return Recipe.FLOAT
                .withWeights(new WeightRecipe(WeightMethod.RTN, bits, group, false))
                .withHead(new HeadRecipe(HeadMethod.RTN, HEAD_BITS, group))
                .withExecution(Execution.EXECUTED);
    }

    private static ActivationRecipe ofTokens() {
        return new ActivationRecipe(ActivationMethod.UNIFORM, 8, 0, Granularity.TOKEN);
    }

    private static Recipe trip(int bits, int group) {
        return weights(4, group)
                .withActivations(
                        new ActivationRecipe(
                                ActivationMethod.TRIP, bits, LARGEST_EXPONENT, Granularity.TENSOR))
                .withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 4));
    }
}

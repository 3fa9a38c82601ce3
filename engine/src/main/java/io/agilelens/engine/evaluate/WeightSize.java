package io.agilelens.engine.evaluate;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;

/**
 * Room that the weights of the decoder layers' linears take when stored: codes, scales and zero
 * points where they are quantized, what the checkpoint stores elsewhere. Embeddings, norms and the
 * head, quantized or not, are not counted.
 *
 * @param bits stored bits of all of them
 * @param weights how many there are
 */
public record WeightSize(long bits, long weights) {

    /** Of a model with a recipe fitted to it. */
    public static WeightSize of(TunedModel tuned) {
        return sum(
                tuned.model(),
                (layer, role) -> {
                    QuantizedWeight quantized =
                            tuned.plan().layers().isEmpty()
                                    ? null
                                    : tuned.plan().layers().get(layer).weights().get(role);
                    return quantized == null
                            ? floatBits(tuned.model(), layer, role)
                            : quantized.storedBits();
                });
    }

    /** What a recipe will make of a model, known without fitting it. */
    public static WeightSize of(Model model, Recipe recipe) {
        return sum(
                model,
                (layer, role) ->
                        storedBits(model, layer, role, recipe.weightsAt(layer, role.input())));
    }

    /** Stored bits of one linear's weight under a recipe. */
    public static long storedBits(Model model, int layer, LinearRole role, WeightRecipe recipe) {
        if (recipe.method() == WeightMethod.NONE) {
            return floatBits(model, layer, role);
        }
        int outputs = role.outputs(model.config());
        int inputs = role.inputs(model.config());
        return QuantizedWeight.storedBits(
                outputs,
                inputs,
                recipe.bits(),
                QuantizedWeight.groupStarts(inputs, recipe.group()).length - 1);
    }

    /** Mean stored bits of a weight. */
    public double bitsPerWeight() {
        return (double) bits / weights;
    }

    /** Stored bytes, rounded up. */
    public long bytes() {
        return (bits + 7) / 8;
    }

    private interface BitsOf {
        long bits(int layer, LinearRole role);
    }

    private static WeightSize sum(Model model, BitsOf each) {
        long bits = 0;
        long weights = 0;
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (LinearRole role : model.config().roles()) {
                bits += each.bits(layer, role);
                weights += (long) role.outputs(model.config()) * role.inputs(model.config());
            }
        }
        return new WeightSize(bits, weights);
    }

    private static long floatBits(Model model, int layer, LinearRole role) {
        return 8 * model.weights().linear(layer, role).weight().bytes();
    }
}

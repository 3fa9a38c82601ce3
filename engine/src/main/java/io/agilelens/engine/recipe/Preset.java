package io.agilelens.engine.recipe;

import java.util.ArrayList;
import java.util.List;

/**
 * A recipe with a name, after the rows of the papers' tables. Weights are rounded to nearest.
 *
 * @param name short, as in a table
 * @param help one sentence
 */
public record Preset(String name, String help, Recipe recipe) {

    /** The presets for a model of so many layers. */
    public static List<Preset> forLayers(int layers) {
        WeightRecipe fourBit = new WeightRecipe(WeightMethod.RTN, 4, 32, false);
        Recipe weights = Recipe.FLOAT.withWeights(fourBit);
        SoftmaxRecipe log2 = new SoftmaxRecipe(SoftmaxMethod.LOG2, 4);
        Recipe trip8 = weights.withActivations(trip(8)).withSoftmax(log2);
        Recipe trip4 = weights.withActivations(trip(4)).withSoftmax(log2);
        var presets = new ArrayList<Preset>();
        presets.add(new Preset("FP", "The model as its checkpoint says.", Recipe.FLOAT));
        presets.add(
                new Preset(
                        "RTN-W4",
                        "Weights rounded to 4 bits in groups of 32; activations stay float.",
                        weights));
        presets.add(
                new Preset(
                        "W4A8 TRIP",
                        "4-bit weights, 8-bit TRIP activations, 4-bit Log2 softmax: Agile-Quant-8"
                                + " on round-to-nearest weights.",
                        trip8));
        presets.add(
                new Preset(
                        "W4A4 TRIP",
                        "4-bit weights, 4-bit TRIP activations, 4-bit Log2 softmax: Agile-Quant-4"
                                + " on round-to-nearest weights.",
                        trip4));
        if (layers > 2) {
            presets.add(
                    new Preset(
                            "W4A8 TRIP β 0.2",
                            "W4A8 TRIP with a fifth of the tokens pruned in the last third of the"
                                    + " layers.",
                            trip8.withPruning(PruningRecipe.lastThird(0.2, layers))));
        }
        return List.copyOf(presets);
    }

    private static ActivationRecipe trip(int bits) {
        return new ActivationRecipe(ActivationMethod.TRIP, bits, 3, Granularity.TENSOR);
    }
}

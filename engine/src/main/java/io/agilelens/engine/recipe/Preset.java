package io.agilelens.engine.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A recipe with a name, after the rows of the papers' tables.
 *
 * @param name short, as in a table
 * @param help one sentence
 */
public record Preset(String name, String help, Recipe recipe) {
    private static final SoftmaxRecipe LOG2 = new SoftmaxRecipe(SoftmaxMethod.LOG2, 4);

    /** Share of the tokens that starred presets prune. */
    private static final double PRUNED = 0.2;

    /**
     * The presets for a model of so many layers: first those that are fitted at once, then those
     * whose weights are calibrated layer by layer, which takes its time on a large model.
     */
    public static List<Preset> forLayers(int layers) {
        List<Preset> presets = new ArrayList<>();
        addQuick(presets, layers);
        addCalibrated(presets, layers);
        return List.copyOf(presets);
    }

    private static void addQuick(List<Preset> presets, int layers) {
        Recipe weights = Recipe.FLOAT.withWeights(fourBit(WeightMethod.RTN));
        Recipe trip8 = agile(weights, 8);
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
                        agile(weights, 4)));
        if (canPrune(layers)) {
            presets.add(
                    new Preset(
                            "W4A8 TRIP β 0.2",
                            "W4A8 TRIP with a fifth of the tokens pruned in the last third of the"
                                    + " layers.",
                            pruned(trip8, layers)));
        }
    }

    private static void addCalibrated(List<Preset> presets, int layers) {
        Recipe gptq = Recipe.FLOAT.withWeights(fourBit(WeightMethod.GPTQ));
        presets.add(
                new Preset(
                        "GPTQ-W4",
                        "Weights in 4 bits by GPTQ, in groups of 32; activations stay float.",
                        gptq));
        presets.add(
                new Preset(
                        "AWQ-W4A16",
                        "Weights in 4 bits by AWQ, in groups of 32; activations stay float.",
                        Recipe.FLOAT.withWeights(fourBit(WeightMethod.AWQ))));
        presets.add(
                new Preset(
                        "SmoothQuant-W8A8",
                        "Half of the activations' range moved into 8-bit weights; 8-bit"
                                + " activations, a scale for each token.",
                        smoothQuant()));
        for (int bits : new int[] {8, 4}) {
            presets.add(
                    new Preset(
                            "Agile-Quant-" + bits,
                            "4-bit GPTQ weights, %d-bit TRIP activations, 4-bit Log2 softmax."
                                    .formatted(bits),
                            agile(gptq, bits)));
        }
        if (canPrune(layers)) {
            for (int bits : new int[] {8, 4}) {
                presets.add(
                        new Preset(
                                "Agile-Quant-%d*".formatted(bits),
                                "Agile-Quant-%d with a fifth of the tokens pruned in the last third of the layers."
                                        .formatted(bits),
                                pruned(agile(gptq, bits), layers)));
            }
        }
        presets.add(
                new Preset(
                        "Agile published",
                        "The published code's default: GPTQ in groups of 128, 8-bit activations"
                                + " with a free scale for each channel, Log2 softmax.",
                        published()));
    }

    /**
     * Whether this is the preset that somebody means: in any case, without what is hard to type, a
     * star also as {@code -pruned}.
     */
    public boolean isCalled(String given) {
        return plain(name).equals(plain(given));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT)
                .replace('β', 'b')
                .replace("*", "pruned")
                .replaceAll("[^a-z0-9]", "");
    }

    private static WeightRecipe fourBit(WeightMethod method) {
        return new WeightRecipe(method, 4, 32, false);
    }

    private static Recipe agile(Recipe weights, int bits) {
        return weights.withActivations(
                        new ActivationRecipe(ActivationMethod.TRIP, bits, 3, Granularity.TENSOR))
                .withSoftmax(LOG2);
    }

    private static Recipe pruned(Recipe recipe, int layers) {
        return recipe.withPruning(PruningRecipe.lastThird(PRUNED, layers));
    }

    /** A model of two layers has no third to prune. */
    private static boolean canPrune(int layers) {
        return layers > 2;
    }

    private static Recipe smoothQuant() {
        return Recipe.FLOAT
                .withWeights(new WeightRecipe(WeightMethod.RTN, 8, -1, true))
                .withSmoothing(new SmoothingRecipe(SmoothingMethod.SMOOTHQUANT, 0.5))
                .withActivations(
                        new ActivationRecipe(ActivationMethod.UNIFORM, 8, 3, Granularity.TOKEN));
    }

    private static Recipe published() {
        GptqRecipe defaults = GptqRecipe.DEFAULT;
        WeightRecipe weights =
                new WeightRecipe(WeightMethod.GPTQ, 4, 128, false)
                        .withGptq(
                                new GptqRecipe(
                                        defaults.damping(), defaults.block(), true, false, true));
        return Recipe.FLOAT
                .withWeights(weights)
                .withActivations(
                        new ActivationRecipe(ActivationMethod.UNIFORM, 8, 3, Granularity.CHANNEL))
                .withSoftmax(LOG2);
    }
}

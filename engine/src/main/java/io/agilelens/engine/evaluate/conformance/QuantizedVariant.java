package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A quantized or pruned variant of a perplexity kit: its {@code definition} as a recipe, and the
 * tolerance that goes with it.
 *
 * @param softened the manifest's remark on pruning with quantized attention, which tells the
 *     tolerance of the alternative values
 */
record QuantizedVariant(Recipe recipe, String softened) {

    /** Values of a variant whose token scores come from attention before its quantization. */
    static final String ALTERNATIVE = "alternative_score_from_unquantized_softmax_own_float64";

    private static final Pattern WEIGHTS = Pattern.compile("w(\\d+)_rtn_g(-?\\d+)");
    private static final Pattern TRIP = Pattern.compile("\\(\\s*(\\d+)\\s*,\\s*(\\d+)\\s*\\)");
    private static final Pattern ALTERNATIVE_TOLERANCE =
            Pattern.compile("tolerance (\\d+(?:\\.\\d+)?) percent");
    private static final int PUBLISHED_BITS = 8;
    private static final int PUBLISHED_SOFTMAX_BITS = 4;

    /** The variant, or null if its definition is not understood. */
    static QuantizedVariant of(JsonNode manifest, JsonNode variant) {
        JsonNode definition = variant.path("definition");
        WeightRecipe weights = weights(definition.path("weights").asString(""));
        ActivationRecipe activations = activations(definition.path("activations").asString(""));
        if (weights == null || activations == null) {
            return null;
        }
        TreeSet<Integer> layers = new TreeSet<>();
        for (int layer : KitFolder.integers(definition.path("pruned_layers_1based"))) {
            layers.add(layer - 1);
        }
        Recipe recipe =
                Recipe.FLOAT
                        .withWeights(weights)
                        .withActivations(activations)
                        .withPruning(
                                new PruningRecipe(
                                        definition.path("beta").doubleValue(),
                                        layers,
                                        TokenScore.START,
                                        false));
        if (activations.method() != ActivationMethod.NONE) {
            recipe =
                    recipe.withSoftmax(
                            new SoftmaxRecipe(SoftmaxMethod.LOG2, PUBLISHED_SOFTMAX_BITS));
        }
        return new QuantizedVariant(
                recipe, manifest.path("quantized_common").path("prune").asString(""));
    }

    private static WeightRecipe weights(String definition) {
        if (definition.equals("fp32")) {
            return WeightRecipe.NONE;
        }
        Matcher rounded = WEIGHTS.matcher(definition);
        return rounded.matches()
                ? new WeightRecipe(
                        WeightMethod.RTN,
                        Integer.parseInt(rounded.group(1)),
                        Integer.parseInt(rounded.group(2)),
                        false)
                : null;
    }

    private static ActivationRecipe activations(String definition) {
        if (definition.equals("fp32")) {
            return ActivationRecipe.NONE;
        }
        if (definition.equals("default")) {
            return new ActivationRecipe(
                    ActivationMethod.UNIFORM, PUBLISHED_BITS, 0, Granularity.CHANNEL);
        }
        Matcher trip = TRIP.matcher(definition);
        return trip.matches()
                ? new ActivationRecipe(
                        ActivationMethod.TRIP,
                        Integer.parseInt(trip.group(1)),
                        Integer.parseInt(trip.group(2)),
                        Granularity.TENSOR)
                : null;
    }

    private boolean quantizesActivations() {
        return recipe.activations().method() != ActivationMethod.NONE;
    }

    /**
     * Whether the published scores are sums of quantized probabilities, which tie so often that the
     * kit gives alternative values to compare with.
     */
    boolean scoresOfQuantizedAttention() {
        return quantizesActivations() && recipe.pruning().isActive();
    }

    /**
     * How far the perplexity may be off, relative. Codes at rounding boundaries flip between
     * implementations; where the kit's own two implementations differ by more than the tolerance,
     * their difference is allowed.
     *
     * @param expected the variant's values for one text
     */
    double tolerance(JsonNode tolerances, JsonNode expected) {
        if (scoresOfQuantizedAttention()) {
            Matcher stated = ALTERNATIVE_TOLERANCE.matcher(softened);
            if (!stated.find()) {
                throw new UserException(
                        "the manifest's remark on pruning states no tolerance: mend the manifest");
            }
            return Double.parseDouble(stated.group(1)) / 100;
        }
        if (quantizesActivations()) {
            return Math.max(
                    Tolerance.number(tolerances, "activation-quantized perplexity_rel"),
                    spread(expected));
        }
        if (recipe.pruning().isActive()) {
            return Tolerance.number(tolerances, "pruned perplexity_rel");
        }
        String weights = "w" + recipe.weights().bits() + " perplexity_rel";
        return Tolerance.number(
                tolerances, tolerances.has(weights) ? weights : "w4 perplexity_rel");
    }

    private static double spread(JsonNode expected) {
        Optional<Double> single = KitFolder.number(expected, "first4_windows_fp32_perplexity");
        Optional<Double> exact =
                KitFolder.number(expected, "first4_windows_own_float64_perplexity");
        return single.isPresent() && exact.isPresent()
                ? Measurement.relativeError(exact.get(), single.get())
                : 0;
    }
}

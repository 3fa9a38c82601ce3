package io.agilelens.app.conformance;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Perplexities, of the float model in three protocols and of the published setups. */
final class PerplexityFamily implements Family {
    private static final Pattern WEIGHTS = Pattern.compile("w(\\d)_rtn_g(\\d+)");
    private static final Pattern TRIP = Pattern.compile("\\((\\d), (\\d)\\)");
    private static final String UNQUANTIZED_SCORES =
            "alternative_score_from_unquantized_softmax_own_float64";

    /** What the kit states for values that hang on ties between quantized scores. */
    private static final double TIED = 0.05;

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("perplexity");
    }

    @Override
    public List<CaseResult> run(String name, GoldenFolder golden, KitModels models) {
        Path folder = golden.model();
        if (!models.runs(folder)) {
            return List.of(CaseResult.unsupported(name, "architecture is not run by this version"));
        }
        List<CaseResult> results = new ArrayList<>();
        for (Map.Entry<String, JsonNode> text : golden.manifest().path("texts").properties()) {
            results.addAll(floats(name, golden, models.decoder(folder), text));
        }
        for (Map.Entry<String, JsonNode> variant :
                golden.manifest().path("quantized").properties()) {
            results.addAll(quantized(name + "/" + variant.getKey(), golden, models, variant));
        }
        return results;
    }

    // ---- the float model

    private static List<CaseResult> floats(
            String name, GoldenFolder golden, Decoder decoder, Map.Entry<String, JsonNode> text) {
        int[] stream = golden.ints(text.getKey() + "_ids");
        int window = golden.manifest().path("window").asInt(0);
        String prefix = name + "/fp/" + text.getKey() + "/";
        List<CaseResult> results = new ArrayList<>();
        for (String protocol : List.of("A", "A_with_tail", "B")) {
            JsonNode expected = text.getValue().path(protocol);
            if (expected.isObject()) {
                List<int[]> windows =
                        switch (protocol) {
                            case "A" -> cut(stream, window, false);
                            case "A_with_tail" -> cut(stream, window, true);
                            default -> chunks(stream, window);
                        };
                results.add(floats(prefix + protocol, golden, decoder, windows, window, expected));
            }
        }
        JsonNode recognised = text.getValue().path("variant_specials_recognised").path("A");
        String array = text.getKey() + "_specials_recognised_ids";
        if (recognised.isObject() && golden.has(array)) {
            List<int[]> windows = cut(golden.ints(array), window, false);
            results.add(
                    floats(
                            prefix + "A-specials-recognised",
                            golden,
                            decoder,
                            windows,
                            window,
                            recognised));
        }
        return results;
    }

    private static CaseResult floats(
            String name,
            GoldenFolder golden,
            Decoder decoder,
            List<int[]> windows,
            int window,
            JsonNode expected) {
        Perplexity perplexity = evaluate(decoder, TokenPruner.NONE, windows, window);
        return CaseResult.of(
                name, compare(expected, perplexity, golden.tolerance("fp32 perplexity_rel", 1e-4)));
    }

    private static Perplexity evaluate(
            Decoder decoder, TokenPruner pruner, List<int[]> windows, int window) {
        return PerplexityEvaluator.of(decoder, pruner)
                .evaluate(
                        new TokenWindows("the kit", Protocol.GPTQ, windows, window),
                        _ -> {},
                        Progress.NONE,
                        Cancellation.never());
    }

    private static List<Check> compare(JsonNode expected, Perplexity perplexity, double tolerance) {
        return List.of(
                Check.relative(
                        "perplexity",
                        expected.path("perplexity").asDouble(Double.NaN),
                        perplexity.perToken(),
                        tolerance),
                new Check(
                        "number of predictions",
                        Math.abs(perplexity.tokens() - expected.path("nll_count").asLong(-1)),
                        0));
    }

    /** Windows without overlap, the tail dropped or kept. */
    private static List<int[]> cut(int[] stream, int window, boolean withTail) {
        List<int[]> windows = new ArrayList<>();
        for (int start = 0; start < stream.length; start += window) {
            int end = Math.min(stream.length, start + window);
            if (end - start == window || withTail && end - start >= 2) {
                windows.add(Arrays.copyOfRange(stream, start, end));
            }
        }
        return windows;
    }

    /** The start token in front of every chunk. */
    private static List<int[]> chunks(int[] stream, int window) {
        List<int[]> windows = new ArrayList<>();
        for (int start = 1; start < stream.length; start += window - 1) {
            int end = Math.min(stream.length, start + window - 1);
            int[] chunk = new int[end - start + 1];
            chunk[0] = stream[0];
            System.arraycopy(stream, start, chunk, 1, end - start);
            windows.add(chunk);
        }
        return windows;
    }

    // ---- the published setups

    private static List<CaseResult> quantized(
            String name,
            GoldenFolder golden,
            KitModels models,
            Map.Entry<String, JsonNode> variant) {
        Optional<Recipe> recipe = recipe(variant.getValue().path("definition"));
        if (recipe.isEmpty()) {
            return List.of(CaseResult.unsupported(name, "setup is not known to this version"));
        }
        int window = golden.manifest().path("window").asInt(0);
        TunedModel tuned =
                models.tune(
                        golden.model(), recipe.get(), cut(golden.ints("calib_ids"), window, false));
        List<CaseResult> results = new ArrayList<>();
        for (Map.Entry<String, JsonNode> text : golden.manifest().path("texts").properties()) {
            JsonNode expected = variant.getValue().path(text.getKey());
            if (expected.isObject()) {
                List<int[]> windows = cut(golden.ints(text.getKey() + "_ids"), window, false);
                int used = Math.min(windows.size(), expected.path("windows").asInt(0));
                Perplexity perplexity =
                        evaluate(
                                tuned.decoder(),
                                recipe.get().pruning().pruner(),
                                windows.subList(0, used),
                                window);
                results.add(
                        CaseResult.of(
                                name + "/" + text.getKey(),
                                compareQuantized(golden, recipe.get(), expected, perplexity)));
            }
        }
        return results;
    }

    private static List<Check> compareQuantized(
            GoldenFolder golden, Recipe recipe, JsonNode expected, Perplexity perplexity) {
        boolean activations = recipe.activations().method() != ActivationMethod.NONE;
        boolean prunes = recipe.pruning().isActive();
        if (activations && prunes) {
            // Quantized scores tie; the kit gives the value for scores before quantization.
            return List.of(
                    Check.relative(
                            "perplexity",
                            expected.path(UNQUANTIZED_SCORES).path("perplexity").asDouble(),
                            perplexity.perToken(),
                            TIED));
        }
        double tolerance =
                activations
                        ? golden.tolerance("activation-quantized perplexity_rel", 1e-2)
                        : prunes
                                ? golden.tolerance("pruned perplexity_rel", 2e-3)
                                : golden.tolerance("w4 perplexity_rel", 1e-3);
        return compare(expected, perplexity, tolerance);
    }

    private static Optional<Recipe> recipe(JsonNode definition) {
        Recipe recipe = Recipe.FLOAT.withExecution(Execution.SIMULATED);
        String weights = definition.path("weights").asString("");
        Matcher rtn = WEIGHTS.matcher(weights);
        if (rtn.matches()) {
            recipe =
                    recipe.withWeights(
                            new WeightRecipe(
                                    WeightMethod.RTN,
                                    Integer.parseInt(rtn.group(1)),
                                    Integer.parseInt(rtn.group(2)),
                                    false));
        } else if (!weights.equals("fp32")) {
            return Optional.empty();
        }
        String activations = definition.path("activations").asString("");
        Matcher trip = TRIP.matcher(activations);
        if (trip.matches()) {
            recipe =
                    recipe.withActivations(
                            new ActivationRecipe(
                                    ActivationMethod.TRIP,
                                    Integer.parseInt(trip.group(1)),
                                    Integer.parseInt(trip.group(2)),
                                    Granularity.TENSOR));
        } else if (activations.equals("default")) {
            recipe =
                    recipe.withActivations(
                            new ActivationRecipe(
                                    ActivationMethod.UNIFORM, 8, 0, Granularity.CHANNEL));
        } else if (!activations.equals("fp32")) {
            return Optional.empty();
        }
        if (recipe.activations().method() != ActivationMethod.NONE) {
            recipe = recipe.withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 4));
        }
        TreeSet<Integer> layers = new TreeSet<>();
        definition.path("pruned_layers_1based").forEach(layer -> layers.add(layer.asInt() - 1));
        double beta = definition.path("beta").asDouble(0);
        return Optional.of(
                recipe.withPruning(new PruningRecipe(beta, layers, TokenScore.START, false)));
    }
}

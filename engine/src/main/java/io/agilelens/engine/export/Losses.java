package io.agilelens.engine.export;

import io.agilelens.engine.export.gguf.GgufContents;
import io.agilelens.engine.export.packed.ActivationScheme;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.AffineQuantizer;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a recipe says and a format cannot hold. It depends on nothing that is fitted. */
public final class Losses {
    private static final List<Site> LINEAR_INPUTS =
            Arrays.stream(Site.values()).filter(Site::isLinearInput).toList();

    private Losses() {}

    /** A line for each thing that gets lost; none for the native bundle. */
    public static List<String> of(Recipe recipe, ModelConfig config, ExportFormat format) {
        List<String> lost = new ArrayList<>();
        if (format instanceof ExportFormat.Native) {
            return lost;
        }
        if (format instanceof ExportFormat.Gguf) {
            lost.addAll(GgufContents.losses(config));
        }
        addActivations(recipe, config, format, lost);
        if (recipe.head().method() != HeadMethod.NONE && !(format instanceof ExportFormat.Gguf)) {
            lost.add(
                    "head of %d bits: it stays float, as programs that read the format expect it"
                            .formatted(recipe.head().bits()));
        }
        if (recipe.softmax().method() != SoftmaxMethod.NONE) {
            lost.add(
                    "softmax %s of %d bits: attention probabilities stay float"
                            .formatted(name(recipe.softmax().method()), recipe.softmax().bits()));
        }
        if (recipe.cache().method() != CacheMethod.NONE) {
            lost.add(
                    "cache of %d bits: how keys and values are kept is for the program that runs it to choose"
                            .formatted(recipe.cache().keptBits()));
        }
        addPruning(recipe.pruning(), lost);
        return lost;
    }

    private static void addActivations(
            Recipe recipe, ModelConfig config, ExportFormat format, List<String> lost) {
        boolean carried =
                format instanceof ExportFormat.CompressedTensors compressed
                        && isIntQuantized(recipe, config, compressed)
                        && scheme(recipe, config).isPresent();
        Map<String, TreeSet<String>> kinds = new java.util.LinkedHashMap<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Site site : Site.values()) {
                if (site == Site.SOFTMAX || carried && site.isLinearInput()) {
                    continue;
                }
                ActivationRecipe activation = recipe.activationsAt(layer, site);
                if (activation.method() != ActivationMethod.NONE) {
                    kinds.computeIfAbsent(describe(activation, site), _ -> new TreeSet<>())
                            .add(site.name());
                }
            }
        }
        kinds.forEach(
                (kind, sites) ->
                        lost.add(
                                "activations, %s at %s: they stay float"
                                        .formatted(kind, String.join(", ", sites))));
    }

    private static String describe(ActivationRecipe activation, Site site) {
        return switch (activation.method()) {
            case NONE -> throw new IllegalStateException();
            case TRIP ->
                    "TRIP of %d bits with exponents %s"
                            .formatted(activation.bits(), exponents(activation));
            case UNIFORM ->
                    "%d bits a %s"
                            .formatted(
                                    activation.bits(),
                                    site.isPerHead()
                                                    && activation.granularity()
                                                            == Granularity.CHANNEL
                                            ? "head"
                                            : name(activation.granularity()));
        };
    }

    private static String exponents(ActivationRecipe activation) {
        return activation.exponents().isEmpty()
                ? "0…" + activation.maxExponent()
                : activation.exponents().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "));
    }

    private static void addPruning(PruningRecipe pruning, List<String> lost) {
        if (!pruning.isActive()) {
            return;
        }
        String layers =
                pruning.layers().stream().map(String::valueOf).collect(Collectors.joining(", "));
        lost.add(
                pruning.action() == PruningAction.REMOVE
                        ? "pruning, β %s at layers %s: every token stays"
                                .formatted(pruning.beta(), layers)
                        : "lower-bit tokens, %d bits for a share of %s at layers %s: all are alike"
                                .formatted(pruning.lowerBits(), pruning.beta(), layers));
    }

    /** Which layout of compressed-tensors is taken. */
    static boolean isIntQuantized(
            Recipe recipe, ModelConfig config, ExportFormat.CompressedTensors format) {
        return format.layout()
                .map(layout -> layout == ExportFormat.Layout.INT_QUANTIZED)
                .orElseGet(
                        () ->
                                recipe.weights().bits() == 8
                                        && recipe.weights().group() == -1
                                        && scheme(recipe, config).isPresent());
    }

    /**
     * How compressed-tensors says what a recipe does with the inputs of linears, without fitted
     * scales; empty if it cannot, or if they stay float.
     */
    static Optional<ActivationScheme> scheme(Recipe recipe, ModelConfig config) {
        ActivationRecipe common = recipe.activationsAt(0, LINEAR_INPUTS.getFirst());
        if (common.method() != ActivationMethod.UNIFORM
                || common.granularity() == Granularity.CHANNEL) {
            return Optional.empty();
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Site site : LINEAR_INPUTS) {
                if (!recipe.activationsAt(layer, site).equals(common)) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(
                new ActivationScheme(
                        common.bits(),
                        common.granularity() == Granularity.TOKEN,
                        common.symmetric(),
                        List.of()));
    }

    /** The same with the scales that were fitted. */
    static Optional<ActivationScheme> scheme(
            Recipe recipe, ModelConfig config, QuantizationPlan plan) {
        Optional<ActivationScheme> scheme = scheme(recipe, config);
        if (scheme.isEmpty() || scheme.get().dynamic()) {
            return scheme;
        }
        List<Map<Site, AffineQuantizer>> inputs = new ArrayList<>();
        for (QuantizationPlan.Layer layer : plan.layers()) {
            Map<Site, AffineQuantizer> sites = new EnumMap<>(Site.class);
            for (Site site : LINEAR_INPUTS) {
                if (layer.activations().get(site) instanceof ChannelwiseQuantizer uniform
                        && uniform.isTensorwise()) {
                    sites.put(site, uniform.parameters().getFirst());
                }
            }
            inputs.add(sites);
        }
        return scheme.map(
                found -> new ActivationScheme(found.bits(), false, found.symmetric(), inputs));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}

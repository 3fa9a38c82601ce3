package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How a model is quantized and pruned: everything that decides its numbers, apart from model, text
 * and calibration. Immutable. {@link RecipeJson} is its written form.
 *
 * <p>The activation recipe is for the inputs of linear layers. Queries, keys and values follow the
 * published Agile-Quant configuration whenever activations are quantized at all: uniform,
 * symmetric, 8 bits, one scale a head; overrides can change that.
 */
public record Recipe(
        WeightRecipe weights,
        HeadRecipe head,
        SmoothingRecipe smoothing,
        ActivationRecipe activations,
        SoftmaxRecipe softmax,
        CacheRecipe cache,
        PruningRecipe pruning,
        List<SiteOverride> overrides,
        Execution execution) {

    /** The model as it is. */
    public static final Recipe FLOAT =
            new Recipe(
                    WeightRecipe.NONE,
                    HeadRecipe.NONE,
                    SmoothingRecipe.NONE,
                    ActivationRecipe.NONE,
                    SoftmaxRecipe.NONE,
                    CacheRecipe.NONE,
                    PruningRecipe.NONE,
                    List.of(),
                    Execution.SIMULATED);

    private static final ActivationRecipe PER_HEAD =
            new ActivationRecipe(ActivationMethod.UNIFORM, 8, 0, Granularity.CHANNEL);

    public Recipe {
        overrides = List.copyOf(overrides);
    }

    /** What holds for activations at a site other than {@link Site#SOFTMAX}. */
    public ActivationRecipe activationsAt(int layer, Site site) {
        ActivationRecipe recipe = activations;
        if (site.isPerHead() && activations.method() != ActivationMethod.NONE) {
            recipe = PER_HEAD;
        }
        for (SiteOverride override : overrides) {
            if (override.covers(layer, site)) {
                recipe = override.apply(recipe);
            }
        }
        return recipe;
    }

    /** The exponents that channels have whatever TRIP would choose, by channel. */
    public SortedMap<Integer, Integer> channelExponentsAt(int layer, Site site) {
        SortedMap<Integer, Integer> exponents = new TreeMap<>();
        for (SiteOverride override : overrides) {
            if (override.covers(layer, site)) {
                exponents.putAll(override.channelExponents());
            }
        }
        return exponents;
    }

    /** What holds for the weights of the linears that read a site. */
    public WeightRecipe weightsAt(int layer, Site site) {
        WeightRecipe recipe = weights;
        for (SiteOverride override : overrides) {
            if (override.covers(layer, site)) {
                recipe = override.apply(recipe);
            }
        }
        return recipe;
    }

    /** Whether this leaves the model as it is. */
    public boolean isFloat() {
        return weights.method() == WeightMethod.NONE
                && head.method() == HeadMethod.NONE
                && smoothing.method() == SmoothingMethod.NONE
                && activations.method() == ActivationMethod.NONE
                && softmax.method() == SoftmaxMethod.NONE
                && cache.method() == CacheMethod.NONE
                && !pruning.isActive()
                && overrides.isEmpty();
    }

    /** Whether weights are fitted to calibration text, which takes its time on a large model. */
    public boolean calibratesWeights() {
        return calibrates(weights.method())
                || smoothing.method() != SmoothingMethod.NONE
                || overrides.stream()
                        .anyMatch(
                                override ->
                                        override.weightMethod()
                                                .filter(Recipe::calibrates)
                                                .isPresent());
    }

    private static boolean calibrates(WeightMethod method) {
        return method == WeightMethod.GPTQ || method == WeightMethod.AWQ;
    }

    /** Whether both recipes do the same to the weights of the decoder layers. */
    public boolean hasWeightsOf(Recipe other) {
        return weights.equals(other.weights)
                && smoothing.equals(other.smoothing)
                && ofWeights(overrides).equals(ofWeights(other.overrides));
    }

    private static List<SiteOverride> ofWeights(List<SiteOverride> overrides) {
        return overrides.stream()
                .map(SiteOverride::withoutActivations)
                .filter(override -> !override.changesNothing())
                .toList();
    }

    /**
     * Checks the recipe against a model's depth.
     *
     * @throws UserException naming the key that does not fit
     */
    public void requireLayers(int layers) {
        if (!pruning.layers().isEmpty() && outside(pruning.layers().last(), layers)) {
            throw beyond("pruning.layers", pruning.layers().last(), layers);
        }
        if (pruning.beta() > 0 && pruning.layers().isEmpty()) {
            throw new UserException(
                    "pruning.beta is %s but pruning.layers is empty: name the layers that prune, 0…%d"
                            .formatted(pruning.beta(), layers - 1));
        }
        for (SiteOverride override : overrides) {
            if (!override.layers().isEmpty() && outside(override.layers().last(), layers)) {
                throw beyond("overrides.layers", override.layers().last(), layers);
            }
        }
    }

    private static boolean outside(int layer, int layers) {
        return layer >= layers;
    }

    private static UserException beyond(String key, int layer, int layers) {
        return new UserException(
                "%s names layer %d: the model has layers 0…%d".formatted(key, layer, layers - 1));
    }

    public Recipe withWeights(WeightRecipe changed) {
        return new Recipe(
                changed,
                head,
                smoothing,
                activations,
                softmax,
                cache,
                pruning,
                overrides,
                execution);
    }

    public Recipe withHead(HeadRecipe changed) {
        return new Recipe(
                weights,
                changed,
                smoothing,
                activations,
                softmax,
                cache,
                pruning,
                overrides,
                execution);
    }

    public Recipe withSmoothing(SmoothingRecipe changed) {
        return new Recipe(
                weights, head, changed, activations, softmax, cache, pruning, overrides, execution);
    }

    public Recipe withActivations(ActivationRecipe changed) {
        return new Recipe(
                weights, head, smoothing, changed, softmax, cache, pruning, overrides, execution);
    }

    public Recipe withSoftmax(SoftmaxRecipe changed) {
        return new Recipe(
                weights,
                head,
                smoothing,
                activations,
                changed,
                cache,
                pruning,
                overrides,
                execution);
    }

    public Recipe withCache(CacheRecipe changed) {
        return new Recipe(
                weights,
                head,
                smoothing,
                activations,
                softmax,
                changed,
                pruning,
                overrides,
                execution);
    }

    public Recipe withPruning(PruningRecipe changed) {
        return new Recipe(
                weights,
                head,
                smoothing,
                activations,
                softmax,
                cache,
                changed,
                overrides,
                execution);
    }

    public Recipe withOverrides(List<SiteOverride> changed) {
        return new Recipe(
                weights, head, smoothing, activations, softmax, cache, pruning, changed, execution);
    }

    public Recipe withExecution(Execution changed) {
        return new Recipe(
                weights, head, smoothing, activations, softmax, cache, pruning, overrides, changed);
    }

    /**
     * A short line such as {@code "W4 g32 GPTQ · A8 TRIP K3 · Log2 4 · KV8 · β 0.2"}, or {@code
     * "FP"}.
     */
    public String summary() {
        var parts = new ArrayList<String>();
        if (weights.method() != WeightMethod.NONE) {
            parts.add(weightSummary());
        }
        if (head.method() != HeadMethod.NONE) {
            parts.add("head %d %s".formatted(head.bits(), group(head.group())));
        }
        if (smoothing.method() != SmoothingMethod.NONE) {
            parts.add("SmoothQuant %s".formatted(smoothing.alpha()));
        }
        if (activations.method() != ActivationMethod.NONE) {
            parts.add(activationSummary());
        }
        switch (softmax.method()) {
            case NONE -> {}
            case UNIFORM -> parts.add("softmax %d".formatted(softmax.bits()));
            case LOG2 -> parts.add("Log2 %d".formatted(softmax.bits()));
        }
        if (cache.method() != CacheMethod.NONE) {
            parts.add("KV%d".formatted(cache.keptBits()));
        }
        if (pruning.isActive()) {
            String beta = "β %s%s".formatted(pruning.beta(), pruning.isUneven() ? " uneven" : "");
            parts.add(
                    switch (pruning.action()) {
                        case REMOVE -> beta;
                        case LOWER_BITS -> "%s at A%d".formatted(beta, pruning.lowerBits());
                    });
        }
        if (!overrides.isEmpty()) {
            parts.add(overrides.size() == 1 ? "1 override" : overrides.size() + " overrides");
        }
        return parts.isEmpty() ? "FP" : String.join(" · ", parts);
    }

    private String weightSummary() {
        boolean ordered = weights.method() == WeightMethod.GPTQ && weights.gptq().activationOrder();
        return "W%d %s %s%s"
                .formatted(
                        weights.bits(),
                        group(weights.group()),
                        weights.method(),
                        ordered ? " act-order" : "");
    }

    private static String group(int size) {
        return size < 0 ? "row" : "g" + size;
    }

    private String activationSummary() {
        String granularity = activations.granularity().name().toLowerCase(Locale.ROOT);
        return switch (activations.method()) {
            case NONE -> "";
            case UNIFORM ->
                    "A%d %s%s"
                            .formatted(
                                    activations.bits(),
                                    granularity,
                                    activations.symmetric() ? "" : " asymmetric");
            case TRIP ->
                    "A%d TRIP %s%s"
                            .formatted(
                                    activations.bits(),
                                    activations.exponents().isEmpty()
                                            ? "K" + activations.maxExponent()
                                            : activations.exponents().stream()
                                                    .map(String::valueOf)
                                                    .collect(Collectors.joining(",")),
                                    activations.granularity() == Granularity.TENSOR
                                            ? ""
                                            : " " + granularity);
        };
    }
}

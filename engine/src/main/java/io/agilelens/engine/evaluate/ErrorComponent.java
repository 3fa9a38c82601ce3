package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SiteOverride;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import java.util.ArrayList;
import java.util.List;

/** The parts of a recipe that can make a model worse, each of which can be on or off. */
public enum ErrorComponent {
    /** Quantized weights, with what overrides say of weights. */
    WEIGHTS,
    /** The quantized output head. */
    HEAD,
    /** Range moved from activations into weights; harmless alone. */
    SMOOTHING,
    /** Quantized activations, with queries, keys and values and what overrides say of them. */
    ACTIVATIONS,
    /** Quantized attention probabilities. */
    SOFTMAX,
    /** Cached keys and values with fewer bits. */
    CACHE,
    /**
     * Tokens that leave, or go on with fewer bits; those with fewer bits are only there where
     * activations are quantized.
     */
    PRUNING;

    /** The components that a recipe has for a model of so many layers. */
    public static List<ErrorComponent> of(Recipe recipe, int layers) {
        List<ErrorComponent> present = new ArrayList<>();
        for (ErrorComponent component : values()) {
            if (component.isIn(recipe, layers)) {
                present.add(component);
            }
        }
        return present;
    }

    private boolean isIn(Recipe recipe, int layers) {
        return switch (this) {
            case WEIGHTS ->
                    anywhere(
                            layers,
                            (layer, site) ->
                                    site.isLinearInput()
                                            && recipe.weightsAt(layer, site).method()
                                                    != WeightMethod.NONE);
            case HEAD -> recipe.head().method() != HeadMethod.NONE;
            case SMOOTHING -> recipe.smoothing().method() != SmoothingMethod.NONE;
            case ACTIVATIONS ->
                    anywhere(
                            layers,
                            (layer, site) ->
                                    site != Site.SOFTMAX
                                            && recipe.activationsAt(layer, site).method()
                                                    != ActivationMethod.NONE);
            case SOFTMAX -> recipe.softmax().method() != SoftmaxMethod.NONE;
            case CACHE -> recipe.cache().method() != CacheMethod.NONE;
            case PRUNING -> recipe.pruning().isActive();
        };
    }

    @FunctionalInterface
    private interface Question {
        boolean ask(int layer, Site site);
    }

    private static boolean anywhere(int layers, Question question) {
        for (int layer = 0; layer < layers; layer++) {
            for (Site site : Site.values()) {
                if (question.ask(layer, site)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The recipe with this component taken out, simulated. */
    public Recipe without(Recipe recipe) {
        Recipe changed =
                switch (this) {
                    case WEIGHTS ->
                            recipe.withWeights(WeightRecipe.NONE)
                                    .withOverrides(overrides(recipe, SiteOverride::withoutWeights));
                    case HEAD -> recipe.withHead(HeadRecipe.NONE);
                    case SMOOTHING -> recipe.withSmoothing(SmoothingRecipe.NONE);
                    case ACTIVATIONS -> withoutActivations(recipe);
                    case SOFTMAX -> recipe.withSoftmax(SoftmaxRecipe.NONE);
                    case CACHE -> recipe.withCache(CacheRecipe.NONE);
                    case PRUNING -> recipe.withPruning(PruningRecipe.NONE);
                };
        return changed.withExecution(Execution.SIMULATED);
    }

    /** Where activations are float, no token can have fewer bits than the others. */
    private static Recipe withoutActivations(Recipe recipe) {
        Recipe changed =
                recipe.withActivations(ActivationRecipe.NONE)
                        .withOverrides(overrides(recipe, SiteOverride::withoutActivations));
        return recipe.pruning().action() == PruningAction.LOWER_BITS
                ? changed.withPruning(PruningRecipe.NONE)
                : changed;
    }

    /** The recipe with all other components taken out, simulated. */
    public Recipe alone(Recipe recipe) {
        Recipe left = recipe.withExecution(Execution.SIMULATED);
        for (ErrorComponent other : values()) {
            if (other != this) {
                left = other.without(left);
            }
        }
        return left;
    }

    private static List<SiteOverride> overrides(
            Recipe recipe, java.util.function.UnaryOperator<SiteOverride> part) {
        return recipe.overrides().stream()
                .map(part)
                .filter(override -> !override.changesNothing())
                .toList();
    }
}

package io.agilelens.views.compare;

import io.agilelens.engine.model.Planting;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.PinnedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * One decision of a recipe in short.
 *
 * @param text such as {@code W4 g32 RTN}
 * @param differs whether the recipe that others are compared with decided otherwise
 */
public record RecipePart(String text, boolean differs) {

    /** What decided a run's numbers: its recipe, and what was planted in its model. */
    static List<RecipePart> of(PinnedRun run, PinnedRun reference) {
        List<RecipePart> parts = new ArrayList<>(of(run.recipe(), reference.recipe()));
        add(
                parts,
                run.planting().map(RecipePart::planting).orElse(""),
                "planting",
                !run.planting().equals(reference.planting()));
        return List.copyOf(parts);
    }

    private static String planting(Planting planting) {
        return Messages.text(
                "compare.planting", Figures.number(planting.factor()), planting.channels().size());
    }

    /** What a recipe decides; what both leave as it is goes without saying. */
    public static List<RecipePart> of(Recipe recipe, Recipe reference) {
        List<RecipePart> parts = new ArrayList<>();
        boolean weights = recipe.weights().method() != WeightMethod.NONE;
        boolean activations = recipe.activations().method() != ActivationMethod.NONE;
        boolean smoothing = recipe.smoothing().method() != SmoothingMethod.NONE;
        boolean head = recipe.head().method() != HeadMethod.NONE;
        boolean cache = recipe.cache().method() != CacheMethod.NONE;
        boolean softmax = recipe.softmax().method() != SoftmaxMethod.NONE;
        add(
                parts,
                weights ? Recipe.FLOAT.withWeights(recipe.weights()).summary() : "",
                "weights",
                !sameWeights(recipe, reference));
        add(
                parts,
                head ? Recipe.FLOAT.withHead(recipe.head()).summary() : "",
                "head",
                !recipe.head().quantizesAs(reference.head()));
        add(
                parts,
                smoothing ? Recipe.FLOAT.withSmoothing(recipe.smoothing()).summary() : "",
                "smoothing",
                !sameSmoothing(recipe, reference));
        add(
                parts,
                activations ? Recipe.FLOAT.withActivations(recipe.activations()).summary() : "",
                "activations",
                !sameActivations(recipe, reference));
        add(
                parts,
                softmax ? Recipe.FLOAT.withSoftmax(recipe.softmax()).summary() : "",
                "softmax",
                !sameSoftmax(recipe, reference));
        add(
                parts,
                cache ? Recipe.FLOAT.withCache(recipe.cache()).summary() : "",
                "cache",
                !sameCache(recipe, reference));
        add(
                parts,
                pruning(recipe.pruning()),
                "pruning",
                !samePruning(recipe.pruning(), reference.pruning()));
        add(
                parts,
                recipe.overrides().isEmpty()
                        ? ""
                        : Recipe.FLOAT.withOverrides(recipe.overrides()).summary(),
                "overrides",
                !recipe.overrides().equals(reference.overrides()));
        add(
                parts,
                recipe.execution() == Execution.EXECUTED ? Messages.text("badge.EXECUTED") : "",
                "execution",
                recipe.execution() != reference.execution());
        if (parts.isEmpty()) {
            parts.add(new RecipePart(recipe.summary(), false));
        }
        return List.copyOf(parts);
    }

    private static void add(List<RecipePart> parts, String text, String name, boolean differs) {
        if (!text.isEmpty()) {
            parts.add(new RecipePart(text, differs));
        } else if (differs) {
            parts.add(new RecipePart(Messages.text("compare.without." + name), true));
        }
    }

    /** Methods that are off may carry other bits without being different. */
    private static boolean sameWeights(Recipe a, Recipe b) {
        return a.weights().equals(b.weights())
                || a.weights().method() == WeightMethod.NONE
                        && b.weights().method() == WeightMethod.NONE;
    }

    private static boolean sameActivations(Recipe a, Recipe b) {
        return a.activations().equals(b.activations())
                || a.activations().method() == ActivationMethod.NONE
                        && b.activations().method() == ActivationMethod.NONE;
    }

    private static boolean sameSoftmax(Recipe a, Recipe b) {
        return a.softmax().equals(b.softmax())
                || a.softmax().method() == SoftmaxMethod.NONE
                        && b.softmax().method() == SoftmaxMethod.NONE;
    }

    private static boolean sameSmoothing(Recipe a, Recipe b) {
        return a.smoothing().equals(b.smoothing())
                || a.smoothing().method() == SmoothingMethod.NONE
                        && b.smoothing().method() == SmoothingMethod.NONE;
    }

    private static boolean sameCache(Recipe a, Recipe b) {
        return a.cache().keepsAs(b.cache());
    }

    private static boolean samePruning(PruningRecipe a, PruningRecipe b) {
        return a.equals(b) || !a.isActive() && !b.isActive();
    }

    private static String pruning(PruningRecipe pruning) {
        return pruning.isActive()
                ? switch (pruning.action()) {
                    case REMOVE ->
                            Messages.text(
                                    pruning.isUneven()
                                            ? "compare.pruning.uneven"
                                            : "compare.pruning",
                                    Figures.number(pruning.beta()),
                                    layers(pruning.layers()));
                    case LOWER_BITS ->
                            Messages.text(
                                    "compare.lower_bits",
                                    Figures.number(pruning.beta()),
                                    pruning.lowerBits(),
                                    layers(pruning.layers()));
                }
                : "";
    }

    /** {@code 6–7} for a range, {@code 2, 5} otherwise. */
    private static String layers(SortedSet<Integer> layers) {
        int first = layers.first();
        int last = layers.last();
        if (layers.size() == 1) {
            return Integer.toString(first);
        }
        return last - first + 1 == layers.size()
                ? first + "–" + last
                : String.join(", ", layers.stream().map(String::valueOf).toList());
    }
}

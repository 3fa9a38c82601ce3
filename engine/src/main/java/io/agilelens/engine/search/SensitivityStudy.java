package io.agilelens.engine.search;

import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Quantizes every unit alone in every way and measures what that does to the predictions. */
final class SensitivityStudy {
    private final RecipeEvaluator evaluator;
    private final TokenWindows text;
    private final RecipeSpace space;
    private final Recipe base;
    private final Map<Recipe, Double> known = new HashMap<>();

    private Function<String, Progress> steps;
    private Cancellation cancellation;

    SensitivityStudy(RecipeEvaluator evaluator, TokenWindows text, RecipeSpace space, Recipe base) {
        this.evaluator = evaluator;
        this.text = text;
        this.space = space;
        this.base = base;
    }

    /**
     * @param choices of each unit
     * @param told hears what is evaluated next and gives what hears how far that is
     * @return by unit and, within a unit, in the order of its choices
     */
    List<Sensitivity> measure(
            List<List<Choice>> choices, Function<String, Progress> told, Cancellation cancelled) {
        steps = told;
        cancellation = cancelled;
        // Pruning stays on throughout, and its own share is no one's fault.
        double offset = divergence(Recipe.FLOAT.withPruning(base.pruning()), "the base's pruning");
        List<Sensitivity> sensitivities = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            Unit unit = space.units().get(i);
            for (Choice choice : choices.get(i)) {
                String what =
                        "layer %d %s, %s".formatted(unit.layer(), unit.site(), choice.title());
                Choice weightsOnly = new Choice(choice.bits(), choice.group(), 0);
                double weights = divergence(space.weightsAlone(unit, weightsOnly), what);
                double activations =
                        choice.activationBits() == 0
                                ? offset
                                : divergence(space.activationsAlone(unit, choice), what);
                sensitivities.add(
                        new Sensitivity(unit, choice, weights - offset, activations - offset));
            }
        }
        return sensitivities;
    }

    private double divergence(Recipe recipe, String what) {
        Double measured = known.get(recipe);
        if (measured == null) {
            measured =
                    evaluator
                            .evaluate(
                                    recipe,
                                    text,
                                    steps.apply("sensitivity of " + what),
                                    cancellation)
                            .perplexity()
                            .divergence();
            known.put(recipe, measured);
        }
        return measured;
    }
}

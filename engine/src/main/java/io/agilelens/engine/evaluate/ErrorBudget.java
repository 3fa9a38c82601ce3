package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which part of a recipe costs how much. Every combination is fitted and simulated as a recipe of
 * its own, on the same windows; changes of the loss are over all positions, so that they can be
 * added and subtracted even where tokens are pruned.
 *
 * @param recipe what was taken apart, simulated
 * @param whole everything on
 * @param shares one entry a component that the recipe has
 */
public record ErrorBudget(Recipe recipe, FloatComparison whole, List<Share> shares) {

    public ErrorBudget {
        shares = List.copyOf(shares);
    }

    /**
     * One component.
     *
     * @param alone it is on, everything else off
     * @param without it is off, everything else on
     */
    public record Share(ErrorComponent component, FloatComparison alone, FloatComparison without) {

        /** What switching it off in the whole recipe saves, in nats a prediction. */
        public double saving(FloatComparison whole) {
            return whole.change() - without.change();
        }
    }

    /**
     * What the whole recipe costs beyond the sum of what its components cost alone, in nats a
     * prediction: how they aggravate (above 0) or mask (below 0) each other.
     */
    public double interaction() {
        return whole.change() - shares.stream().mapToDouble(s -> s.alone().change()).sum();
    }

    /**
     * @param fitter fits recipes to the model of {@code reference}
     * @throws UserException if the recipe does not fit the model
     */
    public static ErrorBudget measure(
            RecipeFitter fitter,
            Recipe recipe,
            FloatReference reference,
            Progress progress,
            Cancellation cancellation) {
        Recipe simulated = recipe.withExecution(Execution.SIMULATED);
        int layers = reference.decoder().model().config().layers();
        List<ErrorComponent> components = ErrorComponent.of(simulated, layers);
        Map<Recipe, FloatComparison> measured = new LinkedHashMap<>();
        for (Recipe each : order(simulated, components)) {
            measured.put(each, null);
        }
        int done = 0;
        for (Map.Entry<Recipe, FloatComparison> entry : measured.entrySet()) {
            String place = "error budget %d of %d, ".formatted(++done, measured.size());
            Progress part = (step, at, total) -> progress.report(place + step, at, total);
            entry.setValue(compare(fitter, entry.getKey(), reference, part, cancellation));
        }
        List<Share> shares = new ArrayList<>();
        for (ErrorComponent component : components) {
            shares.add(
                    new Share(
                            component,
                            measured.get(component.alone(simulated)),
                            measured.get(component.without(simulated))));
        }
        return new ErrorBudget(simulated, measured.get(simulated), shares);
    }

    private static FloatComparison compare(
            RecipeFitter fitter,
            Recipe recipe,
            FloatReference reference,
            Progress progress,
            Cancellation cancellation) {
        return reference.compare(
                "evaluating " + recipe.summary(),
                fitter.fit(recipe, progress, cancellation).decoder(),
                recipe.pruning().pruner(),
                progress,
                cancellation);
    }

    /**
     * All combinations, neighbours sharing what they can, so that the fitter need not quantize
     * weights or gather ranges again: first what has quantized weights, and in it first what
     * prunes.
     */
    private static List<Recipe> order(Recipe recipe, List<ErrorComponent> components) {
        List<Recipe> all = new ArrayList<>(List.of(recipe));
        for (ErrorComponent component : components) {
            all.add(component.without(recipe));
            all.add(component.alone(recipe));
        }
        all.sort(
                Comparator.comparing(
                                (Recipe each) ->
                                        !each.weights().equals(recipe.weights())
                                                || !each.smoothing().equals(recipe.smoothing()))
                        .thenComparing(each -> !each.pruning().equals(recipe.pruning())));
        return all;
    }
}

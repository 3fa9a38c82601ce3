package io.agilelens.app.command;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Makes a model ready in the arithmetics that are to be measured against each other. */
final class BenchContenders {
    private static final int CALIBRATION_TOKENS = 16;

    private final OpenModel open;
    private final int group;
    private final Progress progress;
    private final Cancellation cancellation;
    private final Map<BenchRow, Contender> ready = new EnumMap<>(BenchRow.class);

    /**
     * A model in one arithmetic, by the names of the result.
     *
     * @param weights {@code fp32}, {@code fp16} or {@code int} and bits
     * @param activations {@code fp32}, or method and bits
     * @param group inputs that share a scale of quantized weights, −1 for whole rows, 0 of floats
     * @param pruning of the prompt's tokens
     */
    record Contender(
            String name,
            String weights,
            String activations,
            int group,
            PruningRecipe pruning,
            Decoder decoder) {

        /** Share of the tokens that are gone at the end. */
        double beta() {
            return pruning.removes() ? pruning.beta() : 0;
        }

        PassBenchmark.Contender pass() {
            return new PassBenchmark.Contender(decoder, pruning.pruner());
        }
    }

    /**
     * @param group inputs that share a scale in the quantized rows
     */
    BenchContenders(OpenModel open, int group, Progress progress, Cancellation cancellation) {
        this.open = open;
        this.group = group;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /**
     * @param pruning of the pruned row
     */
    Contender of(BenchRow row, PruningRecipe pruning) {
        return ready.computeIfAbsent(row, _ -> make(row, pruning));
    }

    private Contender make(BenchRow row, PruningRecipe pruning) {
        if (row.isFloat()) {
            return new Contender(
                    row.title(),
                    row.title(),
                    "fp32",
                    0,
                    PruningRecipe.NONE,
                    fit(row.recipe(pruning, group), floats(row.precision())).decoder());
        }
        if (row == BenchRow.W4A4_TRIP_PRUNED) { // the same model, so it is not packed twice
            Contender whole = of(BenchRow.W4A4_TRIP, pruning);
            return new Contender(
                    row.title(),
                    whole.weights(),
                    whole.activations(),
                    whole.group(),
                    pruning,
                    whole.decoder());
        }
        return of(row.title(), fitted(row.recipe(pruning, group)));
    }

    /** What was tuned elsewhere. */
    Contender of(TunedModel tuned) {
        return of("recipe", tuned);
    }

    /** Fits a recipe as the rows' ones are fitted. */
    Contender of(Recipe recipe) {
        return of("recipe", fitted(recipe));
    }

    private static Contender of(String name, TunedModel tuned) {
        Recipe recipe = tuned.recipe();
        boolean executed = recipe.execution() == Execution.EXECUTED;
        boolean floats = recipe.weights().method() == WeightMethod.NONE || !executed;
        String weights = floats ? "fp32" : "int" + recipe.weights().bits();
        String activations =
                !executed
                        ? "fp32"
                        : switch (recipe.activations().method()) {
                            case NONE -> "fp32";
                            case UNIFORM -> "int" + recipe.activations().bits();
                            case TRIP -> "trip" + recipe.activations().bits();
                        };
        return new Contender(
                name,
                weights,
                activations,
                floats ? 0 : recipe.weights().group(),
                recipe.pruning(),
                tuned.decoder());
    }

    private Numerics floats(WeightPrecision precision) {
        return precision == open.precision()
                ? open.floats(progress, cancellation)
                : new FloatNumerics(
                        open.model(), open.kernels(), precision, progress, cancellation);
    }

    private TunedModel fitted(Recipe recipe) {
        return fit(recipe, open.floats(recipe, progress, cancellation));
    }

    /** Speed does not depend on the values of the parameters, so a short text will do. */
    private TunedModel fit(Recipe recipe, Numerics floats) {
        int length = Math.min(CALIBRATION_TOKENS, open.config().contextLength());
        int[] ids =
                new SplittableRandom(1).ints(length, 0, open.config().vocabularySize()).toArray();
        return new RecipeFitter(
                        open.model(),
                        open.kernels(),
                        floats,
                        new Calibration("random ids", List.of(ids)))
                .fit(recipe, progress, cancellation);
    }
}

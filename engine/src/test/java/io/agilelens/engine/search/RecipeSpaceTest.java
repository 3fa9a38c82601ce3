package io.agilelens.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipes that a search makes of its base. */
class RecipeSpaceTest {
    @TempDir private Path folder;

    /** What is measured of a unit must be what it would meet in the whole recipe. */
    @Test
    void aloneIsWithTheSmoothingAndPruningOfTheBase() {
        try (Model model = SearchModels.open(folder)) {
            Recipe base =
                    Recipe.FLOAT
                            .withWeights(new WeightRecipe(WeightMethod.RTN, 8, -1, true))
                            .withSmoothing(new SmoothingRecipe(SmoothingMethod.SMOOTHQUANT, 0.5))
                            .withActivations(
                                    new ActivationRecipe(
                                            ActivationMethod.UNIFORM, 8, 3, Granularity.TOKEN));
            RecipeSpace space = new RecipeSpace(model.config(), base);
            Choice choice = new Choice(4, 16, 4);
            for (Unit unit : space.units()) {
                for (Recipe alone :
                        new Recipe[] {
                            space.weightsAlone(unit, choice), space.activationsAlone(unit, choice)
                        }) {
                    assertEquals(base.smoothing(), alone.smoothing());
                    assertEquals(base.pruning(), alone.pruning());
                }
            }
        }
    }
}

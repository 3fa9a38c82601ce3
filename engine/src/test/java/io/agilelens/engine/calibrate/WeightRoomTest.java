package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightRoomTest {
    @TempDir private Path folder;

    @Test
    void whatDoesNotFitIsRefusedWithFigures() {
        Recipe recipe = RecipeJson.parse("{\"weights\":{\"method\":\"gptq\"}}", "test");
        TinyModels.write(folder, TinyModels.Dimensions.small());
        try (Model model = Model.open(Checkpoints.open(folder))) {
            assertDoesNotThrow(() -> WeightRoom.require(model, recipe, 1 << 20));
            UserException refusal =
                    assertThrows(
                            UserException.class, () -> WeightRoom.require(model, recipe, 1L << 50));
            assertTrue(
                    refusal.getMessage().contains("quantizing them 1,073,741,824 MiB more"),
                    refusal.getMessage());
            assertTrue(refusal.getMessage().contains("-Xmx"), refusal.getMessage());
            assertEquals(1, refusal.getMessage().lines().count());
        }
    }
}

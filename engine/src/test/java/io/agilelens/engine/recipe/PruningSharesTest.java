package io.agilelens.engine.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pruned layers with shares of their own. */
class PruningSharesTest {
    private static final PruningRecipe EVEN = PruningRecipe.lastThird(0.19, 6);

    @Test
    void oneShareIsChangedAndTheOthersStay() {
        assertEquals(0.1, EVEN.share(4), 1e-12);
        assertEquals(0, EVEN.share(3));
        PruningRecipe uneven = EVEN.withShare(5, 0.5);
        assertTrue(uneven.isUneven());
        assertEquals(0.1, uneven.share(4), 1e-12);
        assertEquals(0.5, uneven.share(5));
        assertEquals(0.55, uneven.beta());
        PruningRecipe wider = uneven.withShare(1, 0.2);
        assertEquals(Set.of(1, 4, 5), wider.layers());
        assertEquals(0.64, wider.beta());
        PruningRecipe narrower = wider.withShare(4, 0).withShare(1, 0);
        assertEquals(Set.of(5), narrower.layers());
        assertEquals(0.5, narrower.beta());
        assertFalse(narrower.withShare(5, 0).isActive());
        assertEquals(EVEN, uneven.withBeta(0.19), "another ratio evens the shares");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThrows(UserException.class, () -> EVEN.withShare(5, 1));
        assertThrows(UserException.class, () -> EVEN.withShare(5, -0.1));
        assertThrows(UserException.class, () -> EVEN.withShare(5, 0.99), "β ends at 0.95");
    }

    @Test
    void writtenFormsAreReadBack() {
        Recipe recipe = Recipe.FLOAT.withPruning(EVEN.withShare(5, 0.3));
        assertEquals(recipe, RecipeJson.parse(RecipeJson.write(recipe), "test"));
        assertTrue(recipe.summary().contains("uneven"), recipe.summary());
        Recipe read = RecipeJson.parse("{\"pruning\": {\"shares\": {\"2\": 0.5}}}", "test");
        assertEquals(Map.of(2, 0.5), read.pruning().shares());
        assertEquals(0.5, read.pruning().beta());
        for (String bad :
                List.of(
                        "{\"shares\": {\"2\": 0.5}, \"beta\": 0.4}",
                        "{\"shares\": {\"2\": 0.5}, \"layers\": [3]}",
                        "{\"shares\": {\"x\": 0.5}}",
                        "{\"shares\": {\"2\": 1}}",
                        "{\"shares\": [0.5]}")) {
            assertThrows(
                    UserException.class,
                    () -> RecipeJson.parse("{\"pruning\": " + bad + "}", "test"),
                    bad);
        }
    }
}

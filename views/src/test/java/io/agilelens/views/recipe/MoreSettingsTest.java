package io.agilelens.views.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.StationPictures;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.TextField;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import javafx.scene.text.Text;
import org.junit.jupiter.api.Test;

/** What sits behind "More settings". */
class MoreSettingsTest extends GuiTest {
    private final StackPane root = new StackPane();
    private Workbench workbench;
    private RecipeViewModel levers;

    @Override
    protected Parent createRoot() {
        workbench = new Workbench();
        levers = new RecipeViewModel(workbench);
        root.getChildren().setAll(new MoreSettings(levers));
        workbench.modelProperty().set(Optional.of(ComparisonFixture.tiny().opened()));
        return root;
    }

    @Test
    void settingsOfMethodsThatAreOffDoNotShow() {
        interact(() -> levers.setWeightMethod(WeightMethod.RTN));
        assertFalse(isShown("#weights-gptq-act_order"));
        assertFalse(isShown("#weights-awq-scale"));
        assertFalse(isShown("#activations-exponents"));
        assertFalse(isShown("#smoothing-alpha-slider"));
        assertFalse(isShown("#head-bits-slider"));
        assertFalse(isShown("#head-group"));
        assertFalse(isShown("#cache-bits-slider"));
        assertFalse(isShown("#pruning-bits-slider"));
        interact(
                () -> {
                    levers.setWeightMethod(WeightMethod.GPTQ);
                    levers.choose(levers.presets().get(2));
                    levers.setWeightMethod(WeightMethod.GPTQ);
                    levers.setHeadMethod(HeadMethod.RTN);
                    levers.setCacheMethod(CacheMethod.UNIFORM);
                    levers.setSmoothingMethod(SmoothingMethod.SMOOTHQUANT);
                    levers.setPruningAction(PruningAction.LOWER_BITS);
                });
        assertTrue(isShown("#weights-gptq-act_order"));
        assertFalse(isShown("#weights-awq-scale"));
        assertTrue(isShown("#activations-exponents"));
        assertTrue(isShown("#smoothing-alpha-slider"));
        assertTrue(isShown("#head-bits-slider"));
        assertTrue(isShown("#head-group"));
        assertTrue(isShown("#cache-bits-slider"));
        assertTrue(isShown("#pruning-bits-slider"));
        interact(() -> levers.setCacheMethod(CacheMethod.HALF));
        assertFalse(isShown("#cache-bits-slider"));
        assertFalse(isShown("#pruning-positions"), "positions of those that stay are their own");
        interact(() -> levers.setWeightMethod(WeightMethod.AWQ));
        assertTrue(isShown("#weights-awq-clip"));
    }

    @Test
    void everyBoxAndButtonChangesTheRecipeAndCanBeUndone() {
        interact(
                () -> {
                    levers.choose(levers.presets().get(2));
                    levers.setWeightMethod(WeightMethod.GPTQ);
                });
        Recipe before = recipe();
        click("#weights-gptq-act_order");
        assertTrue(recipe().weights().gptq().activationOrder());
        click("#weights-gptq-static_groups");
        assertTrue(recipe().weights().gptq().staticGroups());
        click("#weights-gptq-sequential");
        assertFalse(recipe().weights().gptq().sequential());
        click("#exponent-1");
        assertArrayEquals(new int[] {0, 2, 3}, recipe().activations().candidates());
        click("#exponent-6");
        assertArrayEquals(new int[] {0, 2, 3, 6}, recipe().activations().candidates());
        assertEquals(6, recipe().activations().maxExponent());
        for (int step = 0; step < 5; step++) {
            interact(workbench.history()::undo);
        }
        assertEquals(before, recipe());
    }

    @Test
    void oneExponentAlwaysStays() {
        interact(
                () -> {
                    levers.choose(levers.presets().get(2));
                    levers.setMaxExponent(0);
                });
        click("#exponent-0");
        assertArrayEquals(new int[] {0}, recipe().activations().candidates());
        click("#exponent-2");
        click("#exponent-0");
        assertArrayEquals(new int[] {2}, recipe().activations().candidates());
    }

    @Test
    void tripHasNoScaleOfItsOwnPerChannel() {
        interact(() -> levers.choose(levers.presets().get(2)));
        ChoiceBox<?> granularity = lookup("#activations-granularity").query();
        assertFalse(granularity.getItems().contains(Granularity.CHANNEL));
        interact(() -> levers.choose(levers.presets().getLast()));
        assertEquals(Granularity.CHANNEL, granularity.getValue());
        assertTrue(granularity.getItems().contains(Granularity.CHANNEL));
        assertTrue(isShown("#activations-symmetric"));
    }

    @Test
    void choicesAndKnobsReachTheRecipe() {
        choose("#cache-method", CacheMethod.UNIFORM);
        interact(() -> levers.setCacheBits(4));
        assertEquals(4, recipe().cache().bits());
        assertEquals("4", ((TextField) lookup("#cache-bits-value").query()).getText());
        choose("#head-method", HeadMethod.RTN);
        choose("#head-group", 64);
        interact(() -> levers.setHeadBits(4));
        assertEquals(new HeadRecipe(HeadMethod.RTN, 4, 64), recipe().head());
        assertEquals("4", ((TextField) lookup("#head-bits-value").query()).getText());
        choose("#pruning-action", PruningAction.LOWER_BITS);
        assertEquals(PruningAction.LOWER_BITS, recipe().pruning().action());
        choose("#smoothing-method", SmoothingMethod.SMOOTHQUANT);
        assertEquals(SmoothingMethod.SMOOTHQUANT, recipe().smoothing().method());
        interact(() -> levers.setWeightMethod(WeightMethod.GPTQ));
        choose("#weights-gptq-damping", 0.05);
        choose("#weights-gptq-block", 64);
        assertEquals(0.05, recipe().weights().gptq().damping());
        assertEquals(64, recipe().weights().gptq().block());
    }

    @Test
    void looksLikeThis() throws Exception {
        interact(
                () -> {
                    levers.choose(levers.presets().get(2));
                    levers.setWeightMethod(WeightMethod.GPTQ);
                    levers.setHeadMethod(HeadMethod.RTN);
                    levers.setCacheMethod(CacheMethod.UNIFORM);
                    levers.setSmoothingMethod(SmoothingMethod.SMOOTHQUANT);
                    levers.setPruningAction(PruningAction.LOWER_BITS);
                    RecipeView recipe = new RecipeView(workbench);
                    recipe.setMinWidth(288);
                    recipe.setMaxWidth(288);
                    root.getChildren().setAll(new HBox(recipe, new MoreSettings(levers)));
                });
        StationPictures.take(this, root, "recipe-more");
    }

    @SuppressWarnings("unchecked")
    private <T> void choose(String id, T value) {
        ChoiceBox<T> choice = lookup(id).query();
        interact(() -> choice.setValue(value));
    }

    private void click(String id) {
        Node control = lookup(id).query();
        interact(
                () -> {
                    switch (control) {
                        case ButtonBase button -> button.fire();
                        default -> throw new AssertionError(id + " cannot be pressed");
                    }
                });
    }

    private boolean isShown(String id) {
        Node node = lookup(id).query();
        for (Node at = node; at != null; at = at.getParent()) {
            if (!at.isVisible()) {
                return false;
            }
        }
        return true;
    }

    private Recipe recipe() {
        return workbench.history().recipe();
    }

    @Test
    void choosersStandBelowEachOther() {
        interact(
                () -> {
                    levers.setWeightMethod(WeightMethod.GPTQ);
                    levers.choose(levers.presets().get(2));
                    levers.setWeightMethod(WeightMethod.GPTQ);
                });
        settle();
        List<ChoiceBox<?>> choosers =
                root.lookupAll(".choice-box").stream()
                        .<ChoiceBox<?>>map(node -> (ChoiceBox<?>) node)
                        .filter(box -> box.isVisible() && box.getParent().isVisible())
                        .toList();
        assertTrue(choosers.size() >= 6, choosers.toString());
        assertEquals(1, choosers.stream().map(ChoiceBox::getWidth).distinct().count());
        assertEquals(
                1,
                choosers.stream()
                        .map(box -> box.localToScene(box.getLayoutBounds()).getMinX())
                        .distinct()
                        .count());
        for (ChoiceBox<?> box : choosers) {
            Text words = (Text) box.lookup(".label .text");
            assertFalse(
                    words.getText().endsWith("…") || words.getText().endsWith("..."),
                    words.getText());
        }
    }
}

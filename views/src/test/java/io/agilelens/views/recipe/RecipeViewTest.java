package io.agilelens.views.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import javafx.scene.Parent;
import javafx.scene.control.CheckBox;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.Test;

class RecipeViewTest extends GuiTest {
    private Workbench workbench;

    @Override
    protected Parent createRoot() {
        workbench = new Workbench();
        RecipeView view = new RecipeView(workbench);
        workbench.modelProperty().set(Optional.of(ComparisonFixture.tiny().opened()));
        return view;
    }

    @Test
    void moreSettingsChangeTheRecipe() {
        choosePreset(1);
        clickOn("#recipe-more");
        settle();
        clickOn((CheckBox) lookup("#recipe-more-sheet .check-box").query());
        assertTrue(recipe().weights().symmetric());
        interact(workbench.history()::undo);
        assertFalse(recipe().weights().symmetric());
    }

    @Test
    void refusesWhatIsNoNumberOrOutOfRange() {
        choosePreset(1);
        Recipe before = recipe();
        TextField bits = lookup("#weights-bits-value").query();
        for (String text : new String[] {"seven", "9", "-1", ""}) {
            interact(
                    () -> {
                        bits.requestFocus();
                        bits.setText(text);
                    });
            push(KeyCode.ENTER);
            assertEquals(before, recipe(), text);
            assertTrue(
                    bits.getPseudoClassStates().stream()
                            .anyMatch(state -> state.getPseudoClassName().equals("invalid")),
                    text);
        }
        interact(() -> bits.setText("5"));
        push(KeyCode.ENTER);
        assertEquals(5, recipe().weights().bits());
    }

    @Test
    void aDraggedSliderIsOneStepToUndo() {
        choosePreset(3);
        Recipe before = recipe();
        interact(
                () -> {
                    RecipeViewModel levers = new RecipeViewModel(workbench);
                    for (int bits = 5; bits <= 8; bits++) {
                        levers.setActivationBits(bits);
                    }
                    levers.history().undo();
                });
        assertEquals(before, recipe());
    }

    private void choosePreset(int index) {
        interact(
                () -> {
                    RecipeViewModel levers = new RecipeViewModel(workbench);
                    levers.choose(levers.presets().get(index));
                });
    }

    private Recipe recipe() {
        return workbench.history().recipe();
    }
}

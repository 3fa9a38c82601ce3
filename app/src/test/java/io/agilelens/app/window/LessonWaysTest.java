package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import java.util.List;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.Test;

/** Ways into a lesson, through it and out of it. */
class LessonWaysTest extends LessonTest {

    @Test
    void aClickInTheViewIsTheAnswerAndLeavingOffersTheRecipe() throws Exception {
        awaitPictures();
        Recipe before = recipe();
        begin("outlier");
        awaitStep();
        push(KeyCode.ALT, KeyCode.PAGE_DOWN);
        awaitStep();
        assertEquals("find", onFx(solver::step));
        clickOn("#outliers-map");
        awaitStep();
        int channel = onFx(() -> workbench().selection().place().channel());
        assertTrue(
                lookup("#lesson-picked").queryLabeled().getText().contains(" " + channel + " "),
                lookup("#lesson-picked").queryLabeled().getText());
        push(KeyCode.ALT, KeyCode.H);
        assertEquals("HINT", onFx(solver::feedback));
        push(KeyCode.ALT, KeyCode.PAGE_UP);
        assertEquals("map", onFx(solver::step));
        assertNotEquals(before, recipe());
        fire("#lesson-leave");
        fire("#lesson-keep");
        assertTrue(lookup("#lesson-player").tryQuery().isEmpty());
        assertNotEquals(before, recipe());
        Button again = lookup("#lesson-start-outlier").query();
        assertEquals(Messages.text("lessons.continue"), again.getText());
        interact(() -> workbench().history().undo());
        assertEquals(before, recipe(), "what a lesson set can be undone");
        assertEquals(List.of(), failures);
    }

    @Test
    void wordsOfTheRecipeLeadToTheirLesson() throws Exception {
        awaitPictures();
        Labeled title =
                lookup(".lesson-link").queryAllAs(Labeled.class).stream()
                        .filter(each -> each.getText().equals(Messages.text("recipe.softmax")))
                        .findFirst()
                        .orElseThrow();
        clickOn(title);
        assertEquals("wide", onFx(solver::step));
        assertEquals("attention", window.frame().stationProperty().get().id());
    }
}

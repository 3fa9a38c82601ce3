package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.util.List;
import java.util.Map;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Spinner;
import javafx.scene.control.TabPane;
import javafx.scene.input.KeyCode;
import javafx.scene.text.Text;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

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
        push(KeyCode.RIGHT);
        awaitStep();
        assertEquals(channel + 1, onFx(() -> workbench().selection().place().channel()));
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

    @Test
    void withLargeTypeTheQuestionBeginsInSightAndAButtonLeadsToTheRest() throws Exception {
        awaitPictures();
        begin("outlier");
        awaitStep();
        fire("#lesson-next");
        awaitStep();
        interact(Theme::toggleProjector);
        for (int[] size : new int[][] {{1024, 700}, {1440, 900}}) {
            layOut(size[0], size[1]);
            Labeled question = lookup("#lesson-question").queryLabeled();
            Button way = lookup("#lesson-to-question").queryButton();
            assertTrue(onFx(way::isVisible), "the question is below");
            assertEquals(question.getText(), way.getText());
            interact(way::fire);
            layOut(size[0], size[1]);
            assertFalse(onFx(way::isVisible), "the question is in sight");
            Bounds seen = onFx(() -> inScene(lookup(".lesson-scroll").query()));
            Bounds asked = onFx(() -> inScene(question));
            assertTrue(seen.getMinY() <= asked.getMinY(), seen + " " + asked);
            double begun = Math.min(asked.getMaxY(), asked.getMinY() + way.getHeight());
            assertTrue(seen.getMaxY() >= begun, seen + " " + asked);
            interact(() -> lookup(".lesson-scroll").<ScrollPane>query().setVvalue(0));
        }
    }

    @Test
    void aLessonLeavesTheVerdictWholeInTheSmallestWindowWithLargeType() throws Exception {
        awaitPictures();
        begin("outlier");
        awaitStep();
        interact(Theme::toggleProjector);
        layOut(1024, 700);
        Bounds verdict = onFx(() -> inScene(lookup("#verdict").query()));
        Bounds bar = onFx(() -> inScene(window.frame().statusBar()));
        assertTrue(verdict.getMaxY() <= bar.getMinY(), verdict + " above " + bar);
        assertEquals(700, bar.getMaxY(), 1);
        double wanted = onFx(() -> window.frame().statusBar().prefHeight(-1));
        assertTrue(bar.getHeight() >= wanted, bar + " wants " + wanted);
    }

    /** The multiplier's lesson asks about numbers that its picture has. */
    @Test
    void thePictureOfTheMultiplierHasTheLessonsNumbers() throws Exception {
        awaitPictures();
        begin("multiplier");
        awaitStep();
        for (var field :
                Map.of("upper", "high", "lower", "low", "activation", "activation").entrySet()) {
            Spinner<?> spinner = lookup("#multiplier-" + field.getKey()).query();
            await(
                    () ->
                            onFx(
                                    () ->
                                            spinner.getValue()
                                                    .toString()
                                                    .equals(
                                                            solver.fact(field.getValue())
                                                                    .replace('−', '-'))));
        }
    }

    /** Who types the answer and presses Enter must not go past the question. */
    @Test
    void aQuestionThatHadToBeWaitedForHasTheKeyboard() throws Exception {
        awaitPictures();
        begin("outlier");
        awaitStep();
        fire("#lesson-next");
        awaitStep();
        assertEquals("find", onFx(solver::step));
        assertEquals("lesson-check", focused(), "Enter checks what was clicked");
        fire("#lesson-next");
        assertEquals("step", onFx(solver::step));
        assertNotEquals("lesson-next", focused());
        awaitStep();
        assertEquals("lesson-number", focused());
    }

    private String focused() {
        return onFx(() -> stage.getScene().getFocusOwner().getId());
    }

    @Test
    void fromTheEndOneComesBackToTheLastStep() throws Exception {
        awaitPictures();
        begin("outlier");
        awaitStep();
        int steps = solver.steps("outlier").size();
        for (int i = 0; i < steps; i++) {
            fire("#lesson-next");
            awaitStepUnlessEnded(i == steps - 1);
        }
        assertTrue(lookup("#lesson-restore").tryQuery().isPresent());
        push(KeyCode.ALT, KeyCode.PAGE_UP);
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals("bits", onFx(solver::step));
        assertTrue(lookup("#lesson-restore").tryQuery().isEmpty());
        assertEquals(
                onFx(solver::text).lines().findFirst().orElseThrow(),
                lookup("#lesson-title").queryLabeled().getText());
    }

    private void awaitStepUnlessEnded(boolean ended) throws Exception {
        if (!ended) {
            awaitStep();
        }
    }

    @Test
    void aLessonDoesNotBeginWithTheTabsOfTheOneBefore() throws Exception {
        awaitPictures();
        begin("trip");
        awaitStep();
        assertEquals("outliers-tab-factors", chosenTab("outliers-tab-factors"));
        fire("#lesson-leave");
        fire("#lesson-restore");
        begin("awq");
        awaitStep();
        assertNotEquals("outliers-tab-factors", chosenTab("outliers-tab-factors"));
    }

    /** The chosen one of the tabs among which there is the named one. */
    private String chosenTab(String among) {
        return onFx(
                () ->
                        lookup(".tab-pane").queryAllAs(TabPane.class).stream()
                                .filter(
                                        pane ->
                                                pane.getTabs().stream()
                                                        .anyMatch(tab -> among.equals(tab.getId())))
                                .findFirst()
                                .orElseThrow()
                                .getSelectionModel()
                                .getSelectedItem()
                                .getId());
    }

    @Test
    void nothingOfTheLessonIsCutAtUsualSizes() throws Exception {
        awaitPictures();
        for (int[] size : new int[][] {{1024, 700}, {1440, 900}}) {
            clickOn("#station-lessons");
            layOut(size[0], size[1]);
            Bounds list = onFx(() -> inScene(lookup(".lesson-list").query()));
            for (Node card : lookup(".lesson-card").queryAll()) {
                Bounds seen = onFx(() -> inScene(card));
                assertTrue(seen.getMaxY() <= list.getMaxY() + 1, card.getId() + " " + seen);
            }
            begin("outlier");
            awaitStep();
            layOut(size[0], size[1]);
            String name = lookup("#lesson-name").queryLabeled().getText();
            String shown =
                    onFx(() -> ((Text) lookup("#lesson-name").query().lookup(".text")).getText());
            assertEquals(name, shown);
            fire("#lesson-leave");
            fire("#lesson-restore");
        }
    }

    @Test
    void withLargeTypeTheMarkedPictureStaysInSight() throws Exception {
        awaitPictures();
        begin("outlier");
        awaitStep();
        fire("#lesson-next");
        awaitStep();
        fire("#lesson-next");
        awaitStep();
        assertEquals("step", onFx(solver::step));
        interact(Theme::toggleProjector);
        // All tabs are in one pane now, and another one is in front.
        layOut(1024, 700);
        await(
                () ->
                        onFx(
                                () -> {
                                    Node picture = lookup("#outliers-histogram").query();
                                    Node mark = lookup("#lesson-pointer").query();
                                    return mark.isVisible()
                                            && inScene(mark).getHeight()
                                                    > 0.8 * inScene(picture).getHeight();
                                }));
    }

    private void layOut(double width, double height) {
        for (int i = 0; i < 3; i++) {
            interact(
                    () -> {
                        window.frame().resize(width, height);
                        window.frame().applyCss();
                        window.frame().layout();
                    });
        }
    }

    private static Bounds inScene(Node node) {
        return node.localToScene(node.getLayoutBounds());
    }
}

package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Selection;
import io.agilelens.views.Theme;
import io.agilelens.views.lessons.LessonProgress;
import io.agilelens.views.lessons.LessonSolver;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.RadioButton;
import javafx.scene.control.TextField;
import org.testfx.util.WaitForAsyncUtils;

/** A lesson as a person takes it, with answers computed from the model. */
abstract class LessonTest extends WindowTest {
    /** With this property set, pictures of every step are written to {@code target/pictures}. */
    private static final boolean PICTURES = Boolean.getBoolean("agilelens.pictures");

    private static final Path FOLDER = Path.of("target", "pictures");

    LessonSolver solver;

    /** Whether a step of a lesson that was taken had outliers planted for it. */
    boolean planted;

    @Override
    WorkbenchWindow open() {
        WorkbenchWindow opened = super.open();
        solver = new LessonSolver(opened.lessons());
        return opened;
    }

    /** Takes a lesson from its card to its end and back to how everything was. */
    void take(String lesson) throws Exception {
        awaitPictures();
        // A recipe that no lesson sets.
        Knobs.type(this, "weights.bits", "5");
        Recipe before = recipe();
        begin(lesson);
        boolean erred = false;
        for (String step : solver.steps(lesson)) {
            assertEquals(step, onFx(solver::step));
            awaitStep();
            if (!planted && onFx(solver::offersHelp)) {
                picture(lesson, step + "-without");
                fire("#lesson-help");
                await(() -> onFx(() -> window.opened().planting().isPresent()));
                awaitStep();
                planted = true;
                assertFalse(onFx(solver::offersHelp), "outliers are there now");
            }
            assertMarked(step);
            assertEquals(onFx(solver::isMeantToAsk), onFx(solver::kind).isPresent(), step);
            if (onFx(solver::kind).isPresent()) {
                picture(lesson, step);
                if (!erred && !onFx(solver::kind).get().equals("goal")) {
                    answer(false);
                    assertEquals("WRONG", onFx(solver::feedback), step);
                    picture(lesson, step + "-wrong");
                    erred = true;
                }
                answer(true);
                assertEquals("RIGHT", onFx(solver::feedback), step + ": " + onFx(solver::text));
            }
            assertFalse(onFx(solver::text).contains("…\n"), onFx(solver::text));
            picture(lesson, step + "-end");
            fire("#lesson-next");
        }
        assertTrue(lookup("#lesson-title").tryQuery().isPresent(), "the end is told");
        picture(lesson, "zz-end");
        assertNotEquals(before, recipe(), "the lesson sets levers");
        fire("#lesson-restore");
        assertEquals(before, recipe());
        await(() -> onFx(() -> window.opened().planting().isEmpty()));
        assertTrue(lookup("#lesson-player").tryQuery().isEmpty());
        assertEquals("lessons", window.frame().stationProperty().get().id());
        assertEquals(List.of(), failures);
        picture(lesson, "zz-list");
    }

    void begin(String lesson) {
        // As for somebody who takes a lesson the first time.
        interact(() -> window.lessons().progressProperty().set(LessonProgress.NONE));
        clickOn("#station-lessons");
        fire("#lesson-start-" + lesson);
        assertTrue(lookup("#lesson-player").tryQuery().isPresent());
    }

    /** Waits until a step is ready, pressing its button where it has one for what is missing. */
    void awaitStep() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        boolean pressed = false;
        while (onFx(solver::isWaiting)) {
            pressed = pressed || onFx(this::helpWaiting);
            assertTrue(System.nanoTime() < until, () -> "waits in vain: " + onFx(solver::text));
            assertEquals(List.of(), failures);
            WaitForAsyncUtils.sleep(50, TimeUnit.MILLISECONDS);
        }
        WaitForAsyncUtils.waitForFxEvents();
    }

    /** Looks and presses in one go: a step that is ready by then offers other help. */
    private boolean helpWaiting() {
        boolean offered = solver.isWaiting() && solver.offersHelp();
        if (offered) {
            ((Button) stage.getScene().lookup("#lesson-help")).fire();
        }
        return offered;
    }

    private void assertMarked(String step) throws Exception {
        if (onFx(solver::point).isEmpty()) {
            return;
        }
        String id = onFx(solver::point).get();
        try {
            WaitForAsyncUtils.waitFor(
                    10,
                    TimeUnit.SECONDS,
                    () ->
                            onFx(
                                    () -> {
                                        Node mark = window.frame().lookup("#lesson-pointer");
                                        return mark.isVisible()
                                                && mark.getLayoutBounds().getWidth() > 10;
                                    }));
        } catch (java.util.concurrent.TimeoutException unseen) {
            throw new AssertionError(step + " marks nothing: " + id, unseen);
        }
        LessonPointer pointer =
                onFx(() -> (LessonPointer) window.frame().lookup("#lesson-pointer"));
        assertNotNull(pointer.target());
        assertEquals(id, pointer.target().getId());
    }

    private void answer(boolean right) throws Exception {
        switch (onFx(solver::kind).orElseThrow()) {
            case "choose" -> {
                String option = onFx(right ? solver::rightOption : solver::wrongOption);
                Set<RadioButton> buttons = lookup(".lesson-option").queryAllAs(RadioButton.class);
                RadioButton button =
                        buttons.stream()
                                .filter(each -> each.getText().equals(option))
                                .findFirst()
                                .orElseThrow();
                interact(button::fire);
            }
            case "number" -> {
                TextField field = lookup("#lesson-number").query();
                String number = onFx(right ? solver::rightNumber : solver::wrongNumber);
                interact(
                        () -> {
                            field.requestFocus();
                            field.setText(number);
                        });
            }
            case "pick" -> {
                int place = onFx(right ? solver::rightPlace : solver::wrongPlace);
                boolean channel = onFx(solver::rightPart).equals("CHANNEL");
                interact(
                        () -> {
                            Selection selection = workbench().selection();
                            selection.select(
                                    channel
                                            ? selection.place().withChannel(place)
                                            : selection.place().withToken(place));
                        });
            }
            default -> Knobs.type(this, "activations.bits", "8");
        }
        awaitStep();
        await(() -> onFx(this::pressCheck));
        WaitForAsyncUtils.waitForFxEvents();
    }

    /** Looks and presses in one go: after a lever was moved a step may wait once more. */
    private boolean pressCheck() {
        Button check = (Button) stage.getScene().lookup("#lesson-check");
        boolean ready = !solver.isWaiting() && check.isVisible() && !check.isDisabled();
        if (ready) {
            check.fire();
        }
        return ready;
    }

    void fire(String button) {
        WaitForAsyncUtils.waitForFxEvents();
        Button found = lookup(button).query();
        assertFalse(found.isDisabled(), button);
        interact(found::fire);
        WaitForAsyncUtils.waitForFxEvents();
    }

    private void picture(String lesson, String name) throws Exception {
        if (!PICTURES) {
            return;
        }
        for (var size : List.of(new int[] {1024, 700}, new int[] {1440, 900})) {
            Theme.Mode mode = size[0] == 1024 ? Theme.Mode.DARK : Theme.Mode.LIGHT;
            Path file = FOLDER.resolve("%s-%s-%d.png".formatted(lesson, name, size[0]));
            Screenshots.take(stage, mode, size[0], size[1], file);
        }
    }
}

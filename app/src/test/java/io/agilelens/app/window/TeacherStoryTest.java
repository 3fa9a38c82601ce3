package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.session.Replay;
import io.agilelens.app.session.SessionJson;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Figures;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ExportBar;
import io.agilelens.views.chart.PictureWriter;
import io.agilelens.views.lessons.LessonSolver;
import io.agilelens.views.workbench.PinnedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's third story, from the start to its goal: a lesson, and figures for a lecture. */
class TeacherStoryTest extends LessonTest {
    private final FileAnswers answers = new FileAnswers();

    @TempDir private Path folder;

    @Override
    WorkbenchWindow open() {
        WindowSettings.USUAL.apply();
        WorkbenchWindow opened =
                WorkbenchWindow.show(
                        stage,
                        Optional.empty(),
                        Optional.of(folder.resolve("state")),
                        answers,
                        failures::add);
        opened.controller().open(EarlyOpening.begin("sample:llama-tiny"));
        solver = new LessonSolver(opened.lessons());
        return opened;
    }

    @AfterEach
    void letTheWindowClose() {
        interact(() -> stage.setOnCloseRequest(null));
    }

    @Test
    void teachesOnTheWallAndLeavesWhatOthersCanShowAgain() throws Exception {
        awaitExact();

        // On the wall: type and lines twice as large, and a lesson with its answers.
        clickOn("#station-lessons");
        push(KeyCode.F8);
        settle();
        assertEquals(2, onFx(() -> Theme.magnificationProperty().get()));
        take("trip");
        push(KeyCode.F8);
        push(KeyCode.CONTROL, KeyCode.L);
        settle();
        assertEquals(Theme.Mode.DARK, onFx(() -> Theme.modeProperty().get()));

        // What the lever that he moves does, kept.
        Knobs.type(this, "activations.bits", "4");
        Knobs.type(this, "activations.max_exponent", "0");
        awaitExact();
        double uniform = perplexity();
        push(KeyCode.CONTROL, KeyCode.P);
        await(() -> onFx(() -> runs().size() == 1));
        Knobs.type(this, "activations.max_exponent", "3");
        awaitExact();
        assertTrue(perplexity() < uniform, perplexity() + " with TRIP, without " + uniform);

        // The figure for the lecture, as a picture, as lines and as its numbers.
        push(KeyCode.CONTROL, KeyCode.DIGIT2);
        assertEquals("outliers", station());
        settle();
        String pixels =
                new String(savedAs("png"), 1, 3, java.nio.charset.StandardCharsets.US_ASCII);
        assertEquals("PNG", pixels);
        assertTrue(new String(savedAs("svg")).stripTrailing().endsWith("</svg>"));
        int layers = onFx(() -> window.opened().config().layers());
        long rows = new String(savedAs("csv")).lines().count();
        assertTrue(rows > layers, rows + " rows");

        // The session in one file.
        Path file = folder.resolve("lecture.agilelens");
        answers.next = file;
        Recipe shown = recipe();
        List<PinnedRun> kept = runs();
        push(KeyCode.CONTROL, KeyCode.S);
        await(() -> onFx(() -> !window.keeper().unsavedProperty().get()));
        assertTrue(onFx(stage::getTitle).startsWith("lecture.agilelens"), onFx(stage::getTitle));

        // Another day: something else is open, and the file brings all of it back.
        interact(() -> window.controller().open("sample:opt-tiny"));
        await(() -> onFx(() -> window.opened().reference().equals("sample:opt-tiny")));
        awaitExact();
        push(KeyCode.CONTROL, KeyCode.DIGIT1);
        push(KeyCode.CONTROL, KeyCode.ALT, KeyCode.O);
        await(() -> lookup("#unsaved-drop").tryQuery().isPresent());
        clickOn("#unsaved-drop");
        await(() -> onFx(() -> window.opened().reference().equals("sample:llama-tiny")));
        awaitExact();
        assertEquals(shown, recipe());
        assertEquals(kept, runs());
        assertEquals("outliers", station());

        // A page that needs nothing else, and the same figures without the window.
        Path report = folder.resolve("lecture.html");
        answers.next = report;
        push(KeyCode.CONTROL, KeyCode.R);
        await(() -> Files.exists(report) || onFx(() -> !failures.isEmpty()));
        assertEquals(List.of(), failures);
        String page = Files.readString(report);
        assertTrue(page.contains(Figures.number(perplexity())), "the verdict");
        assertTrue(page.contains(kept.getFirst().name()), "what was pinned");
        assertTrue(page.contains("<svg"), "pictures");
        assertFalse(page.contains("src=\"http"), "needs nothing else");
        Replay.Outcome replayed =
                Replay.of(SessionJson.read(file), Progress.NONE, Cancellation.never());
        assertEquals(List.of(), replayed.differences());
        assertNotEquals(0, replayed.recomputed().size());
        assertEquals(List.of(), failures);
    }

    /** What the buttons beside the station's first picture write. */
    private byte[] savedAs(String format) throws Exception {
        Path file = folder.resolve("figure." + format);
        ExportBar bar =
                lookup(".export-bar").queryAll().stream()
                        .filter(Node::isVisible)
                        .map(ExportBar.class::cast)
                        .findFirst()
                        .orElseThrow();
        interact(() -> bar.setChooser(_ -> Optional.of(file)));
        clickOn(from(bar).lookup("#export-" + format).<Button>query());
        PictureWriter.awaitIdle();
        settle();
        return Files.readAllBytes(file);
    }

    private List<PinnedRun> runs() {
        return onFx(() -> List.copyOf(workbench().runs()));
    }

    private double perplexity() {
        return onFx(() -> workbench().qualityProperty().get().tuned().orElseThrow()).perplexity();
    }
}

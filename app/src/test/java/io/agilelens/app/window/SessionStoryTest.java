package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.session.Replay;
import io.agilelens.app.session.SessionDocument;
import io.agilelens.app.session.SessionJson;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.SessionHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import javafx.stage.PopupWindow;
import javafx.stage.Stage;
import javafx.stage.Window;
import javafx.stage.WindowEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.framework.junit5.ApplicationTest;
import org.testfx.util.WaitForAsyncUtils;

/** A session as a person keeps it: changed, saved, reopened, taken back, crashed and recovered. */
class SessionStoryTest extends ApplicationTest {
    private final List<Throwable> failures = new ArrayList<>();
    private final FileAnswers answers = new FileAnswers();
    private Stage stage;
    private WorkbenchWindow window;

    @TempDir Path folder;

    @Override
    public void start(Stage primary) {
        stage = primary;
        window = open(primary, folder.resolve("state"));
        window.controller().open(EarlyOpening.begin("sample:llama-tiny"));
    }

    private WorkbenchWindow open(Stage shown, Path state) {
        shown.setMaximized(false);
        WindowSettings.USUAL.apply();
        WorkbenchWindow opened =
                WorkbenchWindow.show(
                        shown, Optional.empty(), Optional.of(state), answers, failures::add);
        shown.setX(0);
        shown.setY(0);
        shown.setWidth(1380);
        shown.setHeight(780);
        return opened;
    }

    @AfterEach
    void closeWindow() {
        interact(
                () ->
                        List.copyOf(Window.getWindows()).stream()
                                .filter(PopupWindow.class::isInstance)
                                .forEach(Window::hide));
        interact(() -> window.controller().close());
        interact(() -> stage.setOnCloseRequest(null));
    }

    @Test
    void savesReopensUndoesAndRecovers() throws Exception {
        awaitExact();
        assertFalse(unsaved(), "nothing was done yet");
        assertFalse(stage.getTitle().startsWith("•"));

        // A change has a name that says its value, and the title says that it is not saved.
        Knobs.type(this, "activations.bits", "4");
        assertEquals("activation bits 4", history().undoNameProperty().get());
        assertTrue(unsaved());
        assertTrue(stage.getTitle().startsWith("• "), stage.getTitle());
        clickOn("#pin-run");
        await(() -> runs().size() == 1);
        PinnedRun pinned = runs().getFirst();

        // Saved, under the name that was asked for.
        Path file = folder.resolve("mine.agilelens");
        answers.next = file;
        awaitExact();
        press(KeyCode.CONTROL, KeyCode.S).release(KeyCode.S, KeyCode.CONTROL);
        await(() -> !unsaved());
        assertTrue(stage.getTitle().startsWith("mine.agilelens"), stage.getTitle());
        SessionDocument document = SessionJson.read(file);
        assertEquals(recipe(), document.recipe());
        assertEquals(List.of(pinned), document.runs());
        assertTrue(document.figures().isPresent());
        assertTrue(document.fingerprints().containsKey("sample:llama-tiny"));

        // Taking a change back makes it as saved again.
        Knobs.type(this, "softmax.bits", "3");
        assertTrue(unsaved());
        press(KeyCode.CONTROL, KeyCode.Z).release(KeyCode.Z, KeyCode.CONTROL);
        await(() -> !unsaved());

        // Runs and texts come back, too.
        interact(() -> window.workbench().runs().remove(pinned));
        assertEquals("remove run " + pinned.name(), history().undoNameProperty().get());
        interact(() -> history().undo());
        assertEquals(List.of(pinned), runs());
        Path text =
                Files.writeString(
                        folder.resolve("words.txt"), "All is well that ends. ".repeat(900));
        interact(() -> window.controller().useText(text, TextFormat.PLAIN));
        await(() -> source().contains("words.txt"));
        assertEquals("text words.txt", history().undoNameProperty().get());
        interact(() -> history().undo());
        await(() -> !source().contains("words.txt"));
        interact(() -> history().redo());
        await(() -> source().contains("words.txt"));
        awaitExact();
        interact(() -> history().undo());
        await(() -> !source().contains("words.txt"));

        // A text that is gone cannot be gone back to: the present one stays, and the history says
        // so.
        Files.delete(text);
        interact(() -> history().redo());
        await(() -> !failures.isEmpty());
        assertTrue(failures.getFirst().getMessage().contains("words.txt"));
        failures.clear();
        await(() -> history().subjectProperty().get().orElseThrow().text().file().isEmpty());
        awaitExact();

        // Reopened, it is the same; and computed again without the window, too.
        Knobs.type(this, "activations.bits", "5");
        interact(() -> window.keeper().open(file));
        await(() -> recipe().equals(document.recipe()) && !unsaved());
        awaitExact();
        assertEquals(List.of(pinned), runs());
        assertEquals("", history().undoNameProperty().get());
        Replay.Outcome replayed =
                Replay.of(SessionJson.read(file), Progress.NONE, Cancellation.never());
        assertEquals(List.of(), replayed.differences());
        assertEquals(2, replayed.recomputed().size());
        assertEquals(List.of(), failures);
    }

    @Test
    void aCrashLosesNothingAndClosingAsks() throws Exception {
        awaitExact();
        Knobs.type(this, "weights.bits", "3");
        Recipe recipe = recipe();
        Path kept = folder.resolve("state").resolve("autosave");
        await(() -> !sessionsIn(kept).isEmpty());

        // What a killed process leaves: the copy, with nobody who holds its lock.
        Path after = folder.resolve("after");
        Files.createDirectories(after.resolve("autosave"));
        Path copy = sessionsIn(kept).getFirst();
        Files.copy(copy, after.resolve("autosave").resolve(copy.getFileName()));

        // Closing asks; giving up leaves the window, and "don't save" leaves nothing behind.
        interact(() -> stage.fireEvent(new WindowEvent(stage, WindowEvent.WINDOW_CLOSE_REQUEST)));
        await(() -> lookup("#unsaved-drop").tryQuery().isPresent());
        assertTrue(stage.isShowing());
        clickOn("#unsaved-drop");
        await(() -> !stage.isShowing());
        interact(() -> window.controller().close());
        await(() -> sessionsIn(kept).isEmpty());

        // The next window offers it without being in the way.
        interact(
                () -> {
                    window = open(stage, after);
                    window.controller().open(EarlyOpening.begin("sample:llama-tiny"));
                });
        await(() -> lookup("#session-recover").tryQuery().isPresent());
        awaitExact();
        assertNotEquals(recipe, recipe());
        clickOn("#session-recover");
        await(() -> recipe().equals(recipe));
        assertTrue(unsaved(), "nobody saved it yet");
        assertTrue(lookup("#session-recover").tryQuery().isEmpty());
        assertEquals(List.of(), sessionsIn(after.resolve("autosave")));
        assertEquals(List.of(), failures);
    }

    @Test
    void historyIsAListToJumpInAndRecipesComeAndGo() throws Exception {
        awaitExact();
        Recipe first = recipe();
        Knobs.type(this, "weights.bits", "3");
        Knobs.type(this, "activations.bits", "6");
        Recipe last = recipe();
        press(KeyCode.CONTROL, KeyCode.ALT, KeyCode.Z)
                .release(KeyCode.Z, KeyCode.ALT, KeyCode.CONTROL);
        await(() -> lookup("#history-list").tryQuery().isPresent());
        ListView<String> list = lookup("#history-list").queryListView();
        assertEquals(
                List.of("open llama-tiny", "weight bits 3", "activation bits 6"),
                List.copyOf(list.getItems()));
        interact(() -> list.getSelectionModel().select(0));
        assertEquals(first, recipe());
        interact(() -> list.getSelectionModel().select(2));
        assertEquals(last, recipe());
        push(KeyCode.ESCAPE);
        await(() -> lookup("#history-list").tryQuery().isEmpty());

        Path file = folder.resolve("recipe.json");
        interact(() -> window.keeper().exportRecipe(new FileQuestions.Target(file, false)));
        await(() -> Files.exists(file));
        assertEquals(last, RecipeJson.read(file));
        interact(() -> history().undo());
        interact(() -> window.drops().drop(List.of(file)));
        await(() -> recipe().equals(last));
        assertEquals("recipe from recipe.json", history().undoNameProperty().get());

        // Nothing is overwritten unasked.
        interact(() -> window.keeper().exportRecipe(new FileQuestions.Target(file, false)));
        await(() -> !failures.isEmpty());
        assertTrue(failures.getFirst().getMessage().contains("exists already"));
        failures.clear();
    }

    @Test
    void aSessionWhoseModelIsGoneAsksForIt() throws Exception {
        awaitExact();
        Path file = folder.resolve("moved.agilelens");
        interact(() -> window.keeper().save(file, false, () -> {}));
        await(() -> Files.exists(file) && !unsaved());
        Path moved = folder.resolve("elsewhere.agilelens");
        SessionDocument elsewhere =
                SessionJson.read(file)
                        .withModelMoved("sample:llama-tiny", folder.resolve("gone").toString());
        SessionJson.write(elsewhere, moved, false);
        Path model = io.agilelens.engine.format.ModelReference.parse("sample:llama-tiny").path();
        interact(() -> window.drops().drop(List.of(moved)));
        await(() -> lookup("#session-missing-folder").tryQuery().isPresent());
        assertEquals("sample:llama-tiny", window.opened().reference(), "the present one stays");
        answers.next = model;
        clickOn("#session-missing-folder");
        await(() -> window.opened().reference().equals(model.toString()));
        assertEquals(List.of(), failures);
    }

    private static List<Path> sessionsIn(Path folder) throws Exception {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(SessionJson::isNamedSession).toList();
        }
    }

    private SessionHistory history() {
        return window.workbench().history();
    }

    private Recipe recipe() {
        return history().recipe();
    }

    private List<PinnedRun> runs() {
        return List.copyOf(window.workbench().runs());
    }

    private String source() {
        return window.opened().text().source();
    }

    private boolean unsaved() {
        return window.keeper().unsavedProperty().get();
    }

    private void awaitExact() throws Exception {
        await(() -> window.workbench().isComplete());
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        WaitForAsyncUtils.waitFor(
                120, TimeUnit.SECONDS, () -> WaitForAsyncUtils.waitForAsyncFx(10_000, condition));
        WaitForAsyncUtils.waitForFxEvents();
    }
}

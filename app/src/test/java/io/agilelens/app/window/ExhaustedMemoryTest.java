package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.live.Llama2cModel;
import io.agilelens.app.live.ModelSession;
import io.agilelens.app.session.SessionJson;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.SessionHistory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javafx.scene.control.DialogPane;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.framework.junit5.ApplicationTest;
import org.testfx.util.WaitForAsyncUtils;

/** In the middle of a session memory is not enough: what was done stays, and work goes on. */
class ExhaustedMemoryTest extends ApplicationTest {
    private final List<Throwable> failures = new ArrayList<>();

    /** Whether there is no memory left for what kernels do. */
    private volatile boolean exhausted;

    private Stage stage;
    private WorkbenchWindow window;

    @TempDir Path folder;

    @Override
    public void start(Stage primary) {
        stage = primary;
        stage.setMaximized(false);
        WindowSettings.USUAL.apply();
        window =
                WorkbenchWindow.show(
                        stage,
                        Optional.empty(),
                        Optional.of(folder.resolve("state")),
                        FileQuestions.of(stage),
                        failures::add);
        stage.setX(0);
        stage.setY(0);
        stage.setWidth(1380);
        stage.setHeight(780);
        window.controller()
                .open(
                        EarlyOpening.begin(
                                "sample:llama-tiny",
                                (reference, progress, cancellation) ->
                                        failing(
                                                ModelSession.open(
                                                        reference, progress, cancellation))));
    }

    /** The same session on kernels that have no memory left once the test says so. */
    private ModelSession failing(ModelSession session) {
        OpenedModel opened = session.opened();
        Kernels real = opened.baseline().kernels();
        Kernels kernels =
                (Kernels)
                        Proxy.newProxyInstance(
                                Kernels.class.getClassLoader(),
                                new Class<?>[] {Kernels.class},
                                (_, method, arguments) -> {
                                    if (exhausted) {
                                        throw new OutOfMemoryError("Java heap space");
                                    }
                                    try {
                                        return method.invoke(real, arguments);
                                    } catch (InvocationTargetException failure) {
                                        throw failure.getCause();
                                    }
                                });
        return new ModelSession(
                new OpenedModel(
                        opened.subject(),
                        opened.title(),
                        opened.model(),
                        new Decoder(opened.model(), kernels, opened.baseline().numerics()),
                        opened.memory(),
                        opened.text(),
                        opened.calibrationSource(),
                        opened.presets()),
                new RecipeFitter(
                        opened.model(),
                        kernels,
                        opened.baseline().numerics(),
                        session.fitter().calibration()),
                session.firstRecipe());
    }

    @AfterEach
    void closeWindow() {
        System.clearProperty(HeapRoom.PROPERTY);
        exhausted = false;
        interact(
                () ->
                        List.copyOf(Window.getWindows()).stream()
                                .filter(each -> each != stage)
                                .forEach(Window::hide));
        interact(() -> window.controller().close());
        interact(() -> stage.setOnCloseRequest(null));
    }

    @Test
    void aModelThatCannotBeHeldLeavesTheSessionAsItWas() throws Exception {
        awaitExact();
        Knobs.type(this, "weights.bits", "3");
        clickOn("#pin-run");
        await(() -> window.workbench().runs().size() == 1);
        Knobs.type(this, "activations.bits", "6");
        awaitExact();
        Path kept = folder.resolve("state").resolve("autosave");
        Recipe recipe = recipe();
        // What was kept before the last step may still be there.
        await(() -> keeps(kept, recipe));
        List<PinnedRun> runs = List.copyOf(window.workbench().runs());
        OpenedModel opened = window.opened();
        List<String> steps = List.copyOf(history().names());

        // Its MLP is so wide that no pass fits, however its weights are placed.
        Path giant = Llama2cModel.claim(folder.resolve("giant.bin"), 64, 1 << 22, 1);
        interact(() -> window.drops().drop(List.of(giant)));
        await(() -> !failures.isEmpty());
        String told = failures.getFirst().getMessage();
        assertInstanceOf(UserException.class, failures.getFirst());
        assertEquals(1, told.lines().count(), told);
        assertTrue(told.contains("giant.bin") && told.contains("AGILELENS_OPTS=-Xmx"), told);
        assertEquals(1, failures.size());
        failures.clear();

        assertEquals(opened, window.opened());
        assertEquals(recipe, recipe());
        assertEquals(runs, window.workbench().runs());
        assertEquals(steps, history().names());
        assertEquals("activation bits 6", history().undoNameProperty().get());
        assertTrue(window.keeper().unsavedProperty().get());
        assertTrue(keeps(kept, recipe));

        // And it is all alive.
        interact(() -> history().undo());
        awaitExact();
        Knobs.type(this, "softmax.bits", "3");
        awaitExact();
        assertEquals(recipe(), window.workbench().qualityProperty().get().recipe());
        assertEquals(List.of(), failures);
    }

    @Test
    void aModelThatFitsInPartIsAskedAboutAndOpenedSoOnlyIfThatIsWanted() throws Exception {
        awaitExact();
        Path small = Llama2cModel.write(folder.resolve("small.bin"));
        interact(() -> window.drops().drop(List.of(small)));
        await(() -> window.opened().reference().endsWith("small.bin"));
        assertTrue(lookup("#large-open").tryQuery().isEmpty(), "nobody is asked about that");
        awaitExact();
        Recipe recipe = recipe();
        Path large = Llama2cModel.claim(folder.resolve("large.bin"), 1024, 3072, 24);
        System.gc();
        // The model takes 1200 MiB, a pass of it without its weights a twelfth of that: pictures of
        // windows closed before, of which Java lets go by and by, make no difference.
        System.setProperty(HeapRoom.PROPERTY, Long.toString((HeapRoom.now(0).used() >> 20) + 400));
        interact(() -> window.drops().drop(List.of(large)));
        await(() -> lookup("#large-open").tryQuery().isPresent() || !failures.isEmpty());
        assertEquals(List.of(), failures);
        DialogPane question = lookup("#large-model").query();
        assertEquals("large.bin does not fit in memory", question.getHeaderText());
        assertTrue(question.getContentText().contains("(estimate)"), question.getContentText());
        assertTrue(question.getContentText().contains("on each pass"), question.getContentText());
        clickOn("#large-cancel");
        WaitForAsyncUtils.waitForFxEvents();
        assertTrue(window.opened().reference().endsWith("small.bin"));
        assertEquals(recipe, recipe());
        Knobs.type(this, "softmax.bits", "3");
        awaitExact();

        interact(() -> window.drops().drop(List.of(large)));
        await(() -> lookup("#large-open").tryQuery().isPresent());
        clickOn("#large-open");
        await(() -> window.opened().reference().endsWith("large.bin") || !failures.isEmpty());
        assertEquals(List.of(), failures);
        OpenedModel opened = window.opened();
        assertTrue(opened.memory().placement().isStreamed(opened.config()));
    }

    @Test
    void memoryThatRunsOutInLiveWorkOrAStudyIsToldOnceAndWorkGoesOn() throws Exception {
        awaitExact();
        Recipe before = recipe();
        exhausted = true;
        Knobs.type(this, "weights.bits", "3");
        await(() -> !failures.isEmpty());
        assertInstanceOf(OutOfMemoryError.class, failures.getFirst());
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals(1, failures.size(), "told once");
        Throwable told = failures.getFirst();
        String line = WindowTest.onFx(() -> Dialogs.errorAlert(stage, told).getContentText());
        assertEquals(1, line.lines().count());
        assertTrue(line.startsWith("Not enough memory"), line);
        failures.clear();
        assertEquals("weight bits 3", history().undoNameProperty().get());

        exhausted = false;
        interact(() -> history().undo());
        assertEquals(before, recipe());
        awaitExact();

        exhausted = true;
        interact(() -> window.controller().study(QualityStudy.LAYERS));
        await(() -> !failures.isEmpty());
        assertInstanceOf(OutOfMemoryError.class, failures.getFirst());
        failures.clear();
        exhausted = false;
        assertTrue(window.workbench().studiesProperty().get().layers().isEmpty());
        interact(() -> window.controller().study(QualityStudy.LAYERS));
        await(() -> window.workbench().studiesProperty().get().layers().isPresent());
        Knobs.type(this, "softmax.bits", "3");
        awaitExact();
        assertEquals(List.of(), failures);
    }

    @Test
    void whatNothingCaughtIsShownOneAtATime() throws Exception {
        UncaughtFailures uncaught = new UncaughtFailures(stage);
        for (int i = 0; i < 3; i++) {
            uncaught.uncaughtException(
                    Thread.currentThread(), new OutOfMemoryError("Java heap space"));
        }
        await(() -> dialogs().size() == 1);
        assertTrue(dialogs().getFirst().getContentText().startsWith("Not enough memory"));
        interact(() -> dialogs().getFirst().getScene().getWindow().hide());
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals(List.of(), dialogs());
        IllegalStateException ours = new IllegalStateException("ours");
        ours.setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement("io.agilelens.views.Some", "work", "Some.java", 1)
                });
        uncaught.uncaughtException(Thread.currentThread(), ours);
        await(() -> dialogs().size() == 1);
    }

    private List<DialogPane> dialogs() {
        return Window.getWindows().stream()
                .filter(each -> each.isShowing() && each.getScene() != null)
                .map(each -> each.getScene().getRoot())
                .filter(DialogPane.class::isInstance)
                .map(DialogPane.class::cast)
                .toList();
    }

    /** Whether the folder has a session with the recipe, and no other session. */
    private static boolean keeps(Path folder, Recipe recipe) throws Exception {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> sessions = files.filter(SessionJson::isNamedSession).toList();
            return sessions.size() == 1
                    && SessionJson.read(sessions.getFirst()).recipe().equals(recipe);
        }
    }

    private SessionHistory history() {
        return window.workbench().history();
    }

    private Recipe recipe() {
        return history().recipe();
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

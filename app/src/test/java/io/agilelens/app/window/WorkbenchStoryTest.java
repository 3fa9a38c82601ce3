package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.input.KeyCode;
import javafx.stage.PopupWindow;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.controlsfx.control.RangeSlider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.framework.junit5.ApplicationTest;
import org.testfx.util.WaitForAsyncUtils;

/** The whole job as a person does it, on the sample, with real numbers. */
class WorkbenchStoryTest extends ApplicationTest {
    private final List<Throwable> failures = new ArrayList<>();
    private WorkbenchWindow window;

    @TempDir Path folder;

    @Override
    public void start(Stage stage) {
        stage.setMaximized(false);
        window = WorkbenchWindow.open(stage, "sample:llama-tiny", failures::add);
        stage.setX(0);
        stage.setY(0);
        stage.setWidth(1380);
        stage.setHeight(780);
    }

    @AfterEach
    void closeWindow() {
        interact(
                () ->
                        List.copyOf(Window.getWindows()).stream()
                                .filter(PopupWindow.class::isInstance)
                                .forEach(Window::hide));
        interact(() -> window.controller().close());
    }

    @Test
    void tunesPinsExportsAndReopens() throws Exception {
        awaitExact();
        Perplexity first = quality().tuned().orElseThrow();
        assertEquals(8, first.windows());
        assertTrue(first.perplexity() > 1);
        assertEquals("W4A8 TRIP", lookup("#recipe-presets").queryLabeled().getText());

        // Every control changes the recipe, the pictures and the perplexity.
        changes("weight bits by keyboard", () -> key("weights.bits", KeyCode.LEFT));
        assertEquals(3, recipe().weights().bits());
        changes("group size", () -> choose("weights.group", 64));
        changes("activation bits by typing", () -> Knobs.type(this, "activations.bits", "4"));
        assertEquals(4, recipe().activations().bits());
        changes("K by wheel", () -> wheel("activations.max_exponent"));
        changes("softmax bits", () -> Knobs.type(this, "softmax.bits", "2"));
        changes("softmax method", () -> choose("softmax.method", SoftmaxMethod.UNIFORM));
        changes("activation method", () -> choose("activations.method", ActivationMethod.UNIFORM));
        changes("β by dragging", () -> drag("pruning.beta"));
        assertTrue(recipe().pruning().isActive());
        changes("pruned layers", () -> lowerFirstPrunedLayer());
        changes("softmax method back", () -> choose("softmax.method", SoftmaxMethod.LOG2));
        changes("executed", () -> clickOn("#execution-executed"));
        assertEquals(Execution.EXECUTED, recipe().execution());
        changes("weight method", () -> weightsAsFloatSimulated());

        // Undo takes the steps back one by one, down to where it started.
        while (!window.workbench().history().undoNameProperty().get().isEmpty()) {
            interact(() -> window.workbench().history().undo());
        }
        awaitExact();
        assertEquals(first.perplexity(), quality().tuned().orElseThrow().perplexity());

        // Two runs pinned.
        clickOn("#pin-run");
        await(() -> runs() == 1);
        changes("coarser activations", () -> Knobs.type(this, "activations.bits", "4"));
        clickOn("#pin-run");
        await(() -> runs() == 2);
        assertNotEquals(
                window.workbench().runs().get(0).tuned().perplexity(),
                window.workbench().runs().get(1).tuned().perplexity());

        // Export, and open what was exported: the same recipe and the same figures.
        Path bundle = folder.resolve("tuned");
        Perplexity exported = quality().tuned().orElseThrow();
        Recipe recipe = recipe();
        interact(
                () ->
                        window.controller()
                                .export(new ExportFormat.Native(), bundle, false, _ -> {}));
        await(() -> Files.exists(bundle.resolve("model.safetensors")));
        interact(() -> window.controller().open(bundle.toString()));
        await(() -> model().equals(bundle.toString()));
        awaitExact();
        assertEquals(recipe, recipe());
        assertEquals(
                exported.perplexity(),
                quality().tuned().orElseThrow().perplexity(),
                1e-6 * exported.perplexity());
        assertEquals(List.of(), failures);
    }

    @Test
    void aRunIsPinnedOnceItIsExactUnlessTheRecipeWasChanged() throws Exception {
        awaitExact();
        Recipe first = recipe();
        Recipe meant = first.withWeights(first.weights().withBits(3));
        interact(
                () -> {
                    workbench().history().change("meant", meant);
                    window.controller().pinRun();
                    workbench().history().change("another", first);
                });
        awaitExact();
        assertEquals(0, runs(), "another recipe than was meant is pinned");
        interact(
                () -> {
                    workbench().history().change("meant", meant);
                    window.controller().pinRun();
                });
        await(() -> runs() == 1);
        assertEquals(meant, window.workbench().runs().getFirst().recipe());
        assertEquals(List.of(), failures);
    }

    @Test
    void keepsThePresentModelWhenAnotherIsBroken() throws Exception {
        awaitExact();
        Path broken = Files.createDirectory(folder.resolve("broken"));
        Files.writeString(broken.resolve("config.json"), "{\"model_type\": \"llama\"");
        interact(() -> window.controller().open(broken.toString()));
        await(() -> !failures.isEmpty());
        assertTrue(failures.getFirst().getMessage().contains("config.json"));
        assertFalse(failures.getFirst().getMessage().contains("\n"));
        assertEquals("sample:llama-tiny", model());
        failures.clear();
        changes("still alive", () -> Knobs.type(this, "weights.bits", "3"));
    }

    @Test
    void theKeysThatCancelStopAStudyAsTheStatusBarsButtonDoes() throws Exception {
        awaitExact();
        interact(() -> window.controller().study(QualityStudy.LAYERS));
        await(() -> onFx(() -> workbench().underWay().containsKey(QualityStudy.LAYERS)));
        press(KeyCode.CONTROL, KeyCode.PERIOD).release(KeyCode.PERIOD, KeyCode.CONTROL);
        await(() -> onFx(() -> workbench().underWay().isEmpty()));
        assertEquals(Studies.NONE, onFx(() -> workbench().studiesProperty().get()));
        assertEquals(List.of(), failures);
    }

    @Test
    void whoOpensAnotherModelNeedNotWaitForAStudyOfTheOneBefore() throws Exception {
        awaitExact();
        interact(
                () -> {
                    window.controller().study(QualityStudy.LAYERS);
                    window.controller().open("sample:opt-tiny");
                    assertEquals(Map.of(), workbench().underWay());
                });
        await(() -> model().equals("sample:opt-tiny"));
        assertEquals(Studies.NONE, onFx(() -> workbench().studiesProperty().get()));
        assertEquals(List.of(), failures);
    }

    @Test
    void everyStationOpensAndShowsItsPicture() throws Exception {
        awaitExact();
        for (Station station : window.frame().stations()) {
            clickOn("#station-" + station.id());
            WaitForAsyncUtils.waitForFxEvents();
            assertEquals(station, window.frame().stationProperty().get());
            assertTrue(lookup(".station-pane").tryQuery().isPresent(), station.id());
        }
        assertEquals(List.of(), failures);
    }

    /** Does something and waits until recipe, pictures and exact perplexity have followed. */
    private void changes(String what, Runnable action) throws Exception {
        Recipe before = recipe();
        WindowComparison picture = onFx(() -> workbench().comparisonProperty().get()).orElseThrow();
        double perplexity = quality().tuned().orElseThrow().perplexity();
        action.run();
        WaitForAsyncUtils.waitForFxEvents();
        assertNotEquals(before, recipe(), what + " does not change the recipe");
        awaitExact();
        WindowComparison now = onFx(() -> workbench().comparisonProperty().get()).orElseThrow();
        assertNotEquals(picture, now, what + " does not change the pictures");
        assertNotEquals(
                perplexity,
                quality().tuned().orElseThrow().perplexity(),
                what + " does not change the perplexity");
        Label shown = lookup("#verdict-tuned").query();
        assertTrue(shown.getText().matches("[0-9.e+]+"), shown.getText());
        assertEquals(List.of(), failures, what);
    }

    private void key(String knob, KeyCode code) {
        interact(() -> slider(knob).requestFocus());
        push(code);
    }

    private void wheel(String knob) {
        moveTo(slider(knob));
        scroll(1, javafx.geometry.VerticalDirection.UP);
    }

    private void drag(String knob) {
        Slider slider = slider(knob);
        drag(slider.lookup(".thumb")).moveBy(40, 0).drop();
    }

    private void lowerFirstPrunedLayer() {
        RangeSlider slider = lookup("#pruning-layers").query();
        interact(() -> slider.setLowValue(slider.getLowValue() - 2));
    }

    private void weightsAsFloatSimulated() {
        clickOn("#execution-simulated");
        choose("weights.method", WeightMethod.NONE);
    }

    private <T> void choose(String id, T value) {
        ChoiceBox<T> box = lookup("#" + idOf(id)).query();
        interact(() -> box.setValue(value));
    }

    private Slider slider(String knob) {
        return lookup("#" + idOf(knob) + "-slider").query();
    }

    private static String idOf(String id) {
        return id.replace('.', '-');
    }

    private Workbench workbench() {
        return window.workbench();
    }

    private Recipe recipe() {
        return onFx(() -> workbench().history().recipe());
    }

    private Quality quality() {
        return onFx(() -> workbench().qualityProperty().get());
    }

    private int runs() {
        return onFx(() -> workbench().runs().size());
    }

    private String model() {
        return onFx(() -> workbench().modelProperty().get().orElseThrow().reference());
    }

    private void awaitExact() throws Exception {
        await(() -> onFx(() -> workbench().isComplete()));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        WaitForAsyncUtils.waitFor(120, TimeUnit.SECONDS, condition);
    }

    private static <T> T onFx(Supplier<T> read) {
        return WaitForAsyncUtils.waitForAsyncFx(20_000, read::get);
    }
}

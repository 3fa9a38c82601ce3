package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import io.agilelens.app.live.Llama2cModel;
import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.framework.junit5.ApplicationTest;
import org.testfx.util.WaitForAsyncUtils;

/** Models of every kind in the window, and outliers planted in them. */
class AnyModelTest extends ApplicationTest {
    private final List<Throwable> failures = new ArrayList<>();
    private WorkbenchWindow window;
    private Stage stage;

    @TempDir private static Path folder;

    @Override
    public void start(Stage shown) {
        stage = shown;
        stage.setMaximized(false);
        Path model = folder.resolve("tiny");
        if (!Files.exists(model)) {
            CommandRun.tinyModel(folder);
        }
        window = WorkbenchWindow.open(stage, model.toString(), failures::add);
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
                                .filter(each -> each != stage)
                                .forEach(Window::hide));
        interact(() -> window.controller().close());
    }

    @Test
    void plantsByKeyboardAndRemovesByMouse() throws Exception {
        awaitExact();
        double before = baseline();
        interact(() -> window.frame().open("outliers"));
        Knobs.type(this, "weights.bits", "5");
        Recipe recipe = recipe();
        awaitExact();
        interact(() -> menuItem("plant-outliers").fire());
        await(() -> lookup("#plant-dialog").tryQuery().isPresent());
        assertFalse(failed());
        // A headless window has the keyboard once it was clicked into.
        clickOn("#plant-factor");
        push(KeyCode.CONTROL, KeyCode.A);
        write("64");
        push(KeyCode.TAB).push(KeyCode.TAB);
        push(KeyCode.CONTROL, KeyCode.A);
        write("2");
        WaitForAsyncUtils.waitForFxEvents();
        assertTrue(text("#plant-outcome").contains("64 times as large"), text("#plant-outcome"));
        push(KeyCode.ENTER);
        await(() -> opened().planting().isPresent());
        assertEquals(64, opened().planting().orElseThrow().factor());
        assertEquals(2, opened().planting().orElseThrow().channels().size());
        assertEquals(recipe, recipe());
        assertEquals("outliers", window.frame().stationProperty().get().id());
        awaitExact();
        assertEquals(before, baseline(), 1e-5 * before);

        // It says so wherever it shows.
        assertTrue(stage.getTitle().contains("outliers planted"), stage.getTitle());
        assertPlanted(".top-bar");
        assertPlanted("#verdict");
        assertPlanted("#outliers");
        interact(() -> window.controller().pinRun());
        await(() -> onFx(() -> workbench().runs().size()) == 1);
        assertTrue(onFx(() -> workbench().runs().getFirst().planting()).isPresent());
        assertTrue(onFx(() -> workbench().runs().getFirst().name()).endsWith(", planted"));
        interact(() -> window.frame().open("compare"));
        await(() -> lookup("#runs").tryQuery().isPresent());
        interact(() -> window.frame().open("model"));
        WaitForAsyncUtils.waitForFxEvents();
        assertPlanted("#model-planted");

        clickOn("#model-remove-planted");
        await(() -> opened().planting().isEmpty());
        awaitExact();
        assertEquals(recipe, recipe());
        assertFalse(stage.getTitle().contains("planted"), stage.getTitle());
        for (String place : List.of(".top-bar", "#verdict", "#model")) {
            assertTrue(from(lookup(place)).lookup(".badge-planted").tryQuery().isEmpty(), place);
        }
        assertTrue(onFx(() -> menuItem("remove-planted").isDisable()));
        assertEquals(List.of(), failures);
    }

    @Test
    void plantsByMouseAndCancels() throws Exception {
        awaitExact();
        clickOn("#model-plant");
        await(() -> lookup("#plant-dialog").tryQuery().isPresent());
        clickOn("#plant-cancel");
        WaitForAsyncUtils.waitForFxEvents();
        assertTrue(onFx(() -> opened().planting()).isEmpty());
        clickOn("#model-plant");
        await(() -> lookup("#plant-dialog").tryQuery().isPresent());
        clickOn("#plant-listed").clickOn("#plant-list").write("3, 9-99");
        assertTrue(lookup("#plant-do").query().isDisabled());
        push(KeyCode.BACK_SPACE).push(KeyCode.BACK_SPACE).write("11");
        clickOn("#plant-ATTN_INPUT");
        clickOn("#plant-do");
        await(() -> opened().planting().isPresent());
        assertEquals(
                List.of(3, 9, 10, 11), List.copyOf(opened().planting().orElseThrow().channels()));
        awaitExact();
        assertEquals(List.of(), failures);
    }

    @Test
    void cannotPlantWhereTheModelWouldChange() throws Exception {
        awaitExact();
        Path model = Files.createDirectories(folder.resolve("post"));
        CommandRun.tinyModel(model, Architecture.OPT);
        Path config = model.resolve("tiny/config.json");
        Files.writeString(
                config,
                Files.readString(config).replaceFirst("\\{", "{\"do_layer_norm_before\": false, "));
        interact(() -> window.controller().open(model.resolve("tiny").toString()));
        await(() -> opened().reference().contains("post") || failed());
        assertEquals(List.of(), failures);
        clickOn("#model-plant");
        await(() -> lookup("#plant-dialog").tryQuery().isPresent());
        clickOn("#plant-do");
        await(this::failed);
        assertTrue(failures.getFirst() instanceof UserException, failures.toString());
        assertTrue(failures.getFirst().getMessage().contains("cannot be planted here"));
        assertTrue(opened().planting().isEmpty());
        failures.clear();
        awaitExact();
    }

    @Test
    void searchesOnTheBoardAndStops() throws Exception {
        awaitExact();
        interact(() -> window.frame().open("compare"));
        WaitForAsyncUtils.waitForFxEvents();
        clickOn("#search-start");
        await(() -> onFx(() -> workbench().searchProperty().get().isPresent()) || failed());
        interact(() -> window.controller().cancelSearch());
        await(() -> onFx(() -> workbench().searchProperty().get().isEmpty()));
        assertEquals(List.of(), onFx(() -> List.copyOf(workbench().runs())));
        assertEquals(List.of(), failures);

        clickOn("#search-start");
        await(() -> onFx(() -> workbench().runs().size()) > 0 || failed());
        assertEquals(List.of(), failures);
        List<PinnedRun> runs = onFx(() -> List.copyOf(workbench().runs()));
        assertTrue(runs.size() >= 3, runs.size() + " runs");
        int windows = opened().text().windows().size();
        for (PinnedRun run : runs) {
            assertTrue(run.searched());
            assertEquals(windows, run.tuned().windows());
            assertFalse(run.recipe().isFloat());
        }
        assertTrue(runs.stream().anyMatch(run -> run.weightBits() <= 4.5));
        assertTrue(lookup("#runs").query().isVisible());
    }

    @Test
    void takesWhateverIsDropped() throws Exception {
        awaitExact();
        Path llama = Llama2cModel.write(folder.resolve("stories.bin"));
        drop(llama);
        await(() -> opened().reference().equals(llama.toString()) || failed());
        assertEquals(List.of(), failures);
        assertEquals("stories.bin", opened().title());
        assertTrue(lookup("llama2.c file, version 0").tryQuery().isPresent());
        awaitExact();

        Path model = folder.resolve("tiny");
        for (String piece : List.of("config.json", "model.safetensors")) {
            drop(model.resolve(piece));
            await(() -> opened().reference().equals(model.toString()) || failed());
            assertEquals(List.of(), failures);
            drop(llama);
            await(() -> opened().reference().equals(llama.toString()));
        }
        drop(model);
        await(() -> opened().reference().equals(model.toString()));

        Path text = folder.resolve("notes.md");
        Files.write(text, new byte[] {(byte) 0xff, ' '});
        Files.writeString(
                text,
                "It was a long way to the harbour. ".repeat(200),
                java.nio.file.StandardOpenOption.APPEND);
        drop(text);
        await(() -> opened().text().source().contains("notes.md"));
        awaitExact();
        assertEquals(List.of(), failures);
    }

    @Test
    void aModelThatCannotBeOpenedLeavesTheOldOne() throws Exception {
        awaitExact();
        Path broken = folder.resolve("broken.gguf");
        Files.writeString(broken, "GGUF and no more");
        drop(broken);
        await(this::failed);
        assertTrue(failures.getFirst() instanceof UserException, failures.toString());
        assertTrue(failures.getFirst().getMessage().contains("broken.gguf"));
        assertEquals(folder.resolve("tiny").toString(), opened().reference());
        failures.clear();
        Knobs.type(this, "weights.bits", "3");
        awaitExact();
    }

    @Test
    void everyStationShowsModelsWithoutGateRotaryOrStartToken() throws Exception {
        awaitExact();
        for (Architecture architecture : List.of(Architecture.OPT, Architecture.BLOOM)) {
            Path place = Files.createDirectories(folder.resolve(architecture.name()));
            CommandRun.tinyModel(place, architecture);
            String model = place.resolve("tiny").toString();
            interact(() -> window.controller().open(model));
            await(() -> opened().reference().equals(model) || failed());
            awaitExact();
            for (Station station : window.frame().stations()) {
                clickOn("#station-" + station.id());
                WaitForAsyncUtils.waitForFxEvents();
            }
            boolean start = opened().hasStartToken();
            interact(() -> window.frame().open("attention"));
            String words = start ? "to the start token" : "to position 0";
            assertTrue(lookup(words).tryQuery().isPresent(), words);
            int bits = opened().baseline().kernels().vectorBits();
            interact(() -> window.controller().measureKernels(bits));
            await(() -> onFx(() -> workbench().kernelsProperty().get().isPresent()) || failed());
            assertEquals(List.of(), failures);
        }
    }

    private void drop(Path file) {
        interact(() -> assertTrue(window.drops().drop(List.of(file))));
    }

    private MenuItem menuItem(String id) {
        return lookup("#open-menu").queryAs(MenuButton.class).getItems().stream()
                .filter(item -> id.equals(item.getId()))
                .findFirst()
                .orElseThrow();
    }

    private String text(String id) {
        return lookup(id).queryAs(Label.class).getText();
    }

    private void assertPlanted(String place) {
        assertTrue(from(lookup(place)).lookup(".badge-planted").tryQuery().isPresent(), place);
    }

    private Workbench workbench() {
        return window.workbench();
    }

    private OpenedModel opened() {
        return onFx(() -> workbench().modelProperty().get().orElseThrow());
    }

    private Recipe recipe() {
        return onFx(() -> workbench().history().recipe());
    }

    private double baseline() {
        return onFx(() -> workbench().qualityProperty().get().baseline().orElseThrow())
                .perplexity();
    }

    private boolean failed() {
        return onFx(() -> !failures.isEmpty());
    }

    private void awaitExact() throws Exception {
        await(() -> onFx(() -> !failures.isEmpty() || workbench().isComplete()));
        assertEquals(List.of(), failures);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        WaitForAsyncUtils.waitFor(120, TimeUnit.SECONDS, condition);
    }

    private static <T> T onFx(Supplier<T> read) {
        return WaitForAsyncUtils.waitForAsyncFx(20_000, read::get);
    }
}

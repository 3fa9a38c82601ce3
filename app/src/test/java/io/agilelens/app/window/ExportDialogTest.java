package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.TextField;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.framework.junit5.ApplicationTest;
import org.testfx.util.WaitForAsyncUtils;

/** From the menu to a file that opens: format, what gets lost, target, report. */
class ExportDialogTest extends ApplicationTest {
    private static final String RECIPE =
            "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":16},\"softmax\":{\"method\":\"log2\",\"bits\":4}}";

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
    void exportsAndReports() throws Exception {
        openDialog();
        assertEquals("Native bundle", choice("format").getConverter().toString(value("format")));
        assertTrue(text("#export-lost").startsWith("Nothing"), text("#export-lost"));
        choose("format", "GGUF");
        choose("type", "Q8_0");
        assertTrue(text("#export-lost").contains("log2 of 4 bits"), text("#export-lost"));
        TextField target = lookup("#export-target").query();
        assertTrue(target.getText().endsWith("tiny-tuned.gguf"), target.getText());
        interact(() -> target.setText(""));
        assertTrue(lookup("#export-do").query().isDisabled());
        Path file = folder.resolve("exported.gguf");
        interact(() -> target.setText(file.toString()));
        clickOn("#export-do");
        await(() -> failed() || lookup("#export-report").tryQuery().isPresent());
        assertEquals(List.of(), failures);
        assertEquals("GGUF Q8_0", text("#export-report-layout"));
        assertTrue(text("#export-report-lost").contains("log2 of 4 bits"));
        assertTrue(text("#export-report-check").contains("Largest weight error"));
        clickOn("#export-report-close");
        try (Checkpoint exported = Checkpoints.open(file)) {
            assertTrue(exported.format().startsWith("GGUF"));
        }
        // There again, it is refused in a line unless it may be replaced.
        openDialog();
        choose("format", "GGUF");
        interact(() -> lookup("#export-target").queryAs(TextField.class).setText(file.toString()));
        clickOn("#export-do");
        await(this::failed);
        assertTrue(failures.getFirst() instanceof UserException, failures.toString());
        assertTrue(failures.getFirst().getMessage().contains("exists already"));
        failures.clear();
        openDialog();
        choose("format", "GGUF");
        interact(() -> lookup("#export-target").queryAs(TextField.class).setText(file.toString()));
        clickOn("#export-replace");
        clickOn("#export-do");
        await(() -> failed() || lookup("#export-report").tryQuery().isPresent());
        assertEquals(List.of(), failures);
    }

    @Test
    void whatAFormatCannotHoldIsALineAndWritesNothing() throws Exception {
        openDialog();
        choose("format", "AWQ (gemm)");
        Path target = folder.resolve("awq");
        interact(
                () -> lookup("#export-target").queryAs(TextField.class).setText(target.toString()));
        interact(
                () ->
                        window.workbench()
                                .history()
                                .change(
                                        "three bits",
                                        RecipeJson.parse(RECIPE.replace("4,\"g", "3,\"g"), "t")));
        clickOn("#export-do");
        await(this::failed);
        assertTrue(failures.getFirst().getMessage().contains("weights.bits is 3 there"));
        assertFalse(Files.exists(target));
        failures.clear();
    }

    private void openDialog() throws Exception {
        awaitExact();
        interact(() -> workbench().history().change("test", RecipeJson.parse(RECIPE, "test")));
        awaitExact();
        interact(
                () ->
                        lookup("#export-menu").queryAs(MenuButton.class).getItems().stream()
                                .filter(item -> "export-model".equals(item.getId()))
                                .findFirst()
                                .orElseThrow()
                                .fire());
        await(() -> lookup("#export-dialog").tryQuery().isPresent());
    }

    private void choose(String key, String words) {
        ChoiceBox<Object> box = choice(key);
        interact(
                () ->
                        box.setValue(
                                box.getItems().stream()
                                        .filter(
                                                item ->
                                                        box.getConverter()
                                                                .toString(item)
                                                                .equals(words))
                                        .findFirst()
                                        .orElseThrow()));
        WaitForAsyncUtils.waitForFxEvents();
    }

    @SuppressWarnings("unchecked")
    private ChoiceBox<Object> choice(String key) {
        return lookup("#export-" + key).queryAs(ChoiceBox.class);
    }

    private Object value(String key) {
        return onFx(() -> choice(key).getValue());
    }

    private String text(String id) {
        return lookup(id).queryAs(Label.class).getText();
    }

    private Workbench workbench() {
        return window.workbench();
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

package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.session.RecentFiles;
import io.agilelens.views.Motion;
import io.agilelens.views.Theme;
import io.agilelens.views.palette.PaletteViewModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings are chosen in a dialog, hold at once, are kept, and go back to what is usual. */
class SettingsStoryTest extends WindowTest {
    @TempDir Path folder;
    private WindowMemory memory;

    @Override
    WorkbenchWindow open() {
        memory = WindowMemory.in(folder.resolve("config"), folder.resolve("state"));
        memory.settings().apply();
        return WorkbenchWindow.show(
                stage,
                Optional.of(memory),
                Optional.of(folder.resolve("own")),
                FileQuestions.of(stage),
                failures::add);
    }

    @AfterEach
    void forget() {
        interact(memory::close);
    }

    @Test
    void everySettingHoldsAtOnceIsKeptAndGoesBack() {
        settle();
        push(KeyCode.CONTROL, KeyCode.COMMA);
        settle();
        choose("#settings-theme", Theme.Mode.DARK);
        assertTrue(onFx(Theme::isDark));
        choose("#settings-zoom", 1.5);
        assertEquals(1.5, onFx(() -> Theme.magnificationProperty().get()));
        CheckBox projector = lookup("#settings-projector").query();
        interact(projector::fire);
        assertEquals(2, onFx(() -> Theme.magnificationProperty().get()));
        choose("#settings-motion", Motion.Mode.REDUCED);
        assertTrue(onFx(() -> Motion.reducedProperty().get()));
        choose("#settings-threads", 1);
        closeDialog();

        reopen();
        assertEquals(
                new WindowSettings(Theme.Mode.DARK, 1.5, true, Motion.Mode.REDUCED, 1),
                memory.settings());
        push(KeyCode.CONTROL, KeyCode.COMMA);
        settle();
        ChoiceBox<Double> zoom = lookup("#settings-zoom").query();
        assertEquals(1.5, onFx(zoom::getValue));
        choose("#settings-theme", Theme.Mode.SYSTEM);
        choose("#settings-zoom", 1.0);
        CheckBox shown = lookup("#settings-projector").query();
        interact(shown::fire);
        choose("#settings-motion", Motion.Mode.SYSTEM);
        choose("#settings-threads", 0);
        closeDialog();
        reopen();
        assertEquals(WindowSettings.USUAL, memory.settings());
        assertEquals(List.of(), failures);
    }

    @Test
    void dividersInsideStationsAreMovedByKeysKeptAndPutBack() {
        interact(
                () -> {
                    workbench().dividers().put("compare.runs", 0.7);
                    workbench().dividers().put("outliers.map", 0.4);
                });
        reopen();
        assertEquals(0.7, onFx(() -> workbench().dividers().get("compare.runs")));
        assertEquals(0.4, onFx(() -> workbench().dividers().get("outliers.map")));
        interact(() -> window.actions().run("layout.reset"));
        assertTrue(onFx(() -> workbench().dividers().isEmpty()));
        reopen();
        assertTrue(onFx(() -> workbench().dividers().isEmpty()));
    }

    @Test
    void valuesThatMeanNothingAreRefusedInOneLine() throws IOException {
        Path config = Files.createDirectories(folder.resolve("strange"));
        Files.writeString(
                config.resolve("settings.properties"),
                "theme=purple\nzoom=7\nmotion=reduced\nthreads=-3\n");
        WindowMemory strange = WindowMemory.in(config, folder.resolve("nothing"));
        assertEquals(Theme.Mode.SYSTEM, strange.settings().theme());
        assertEquals(1, strange.settings().zoom());
        assertEquals(Motion.Mode.REDUCED, strange.settings().motion());
        assertEquals(0, strange.settings().threads());
        assertEquals(
                List.of(
                        "settings.properties: theme is purple: known are light, dark, system; the"
                                + " usual is used",
                        "settings.properties: zoom is 7: a number in 1…2 belongs there; the usual"
                                + " is used",
                        "settings.properties: threads is -3: a number in 0…4096 belongs there; the"
                                + " usual is used"),
                strange.refused());
        interact(strange::close);
    }

    @Test
    void helpLeadsToKeysGuideLessonsAndWhatThisIs() {
        settle();
        clickOn("#help-menu");
        clickOn("Show the guide");
        settle();
        assertTrue(lookup("#guide").tryQuery().isPresent());
        clickOn("#guide-kernels");
        settle();
        assertEquals("kernels", station());
        assertFalse(lookup("#guide").tryQuery().isPresent());
        interact(() -> window.actions().run("about"));
        settle();
        assertTrue(lookup("#about").tryQuery().isPresent());
        assertTrue(
                lookup(Runtime.version() + ", " + System.getProperty("java.vm.name"))
                        .tryQuery()
                        .isPresent());
        push(KeyCode.ESCAPE);
        assertFalse(lookup("#about").tryQuery().isPresent());
    }

    @Test
    void thePaletteFindsWhatWasOpenLately() throws Exception {
        RecentFiles.NONE
                .withModel("/models/opt-125m")
                .withSession(Path.of("/papers/figure-3.agilelens"))
                .write(folder.resolve("own"));
        reopen();
        push(KeyCode.CONTROL, KeyCode.K);
        write("figure");
        ListView<PaletteViewModel.Found> list = lookup("#palette-list").query();
        await(() -> onFx(() -> !list.getItems().isEmpty()));
        assertEquals(
                "recent./papers/figure-3.agilelens",
                onFx(() -> list.getItems().getFirst().entry().id()));
        push(KeyCode.ESCAPE);
        assertEquals(List.of(), failures);
    }

    private <T> void choose(String id, T value) {
        ChoiceBox<T> box = lookup(id).query();
        assertNotEquals(value, onFx(box::getValue), id);
        interact(() -> box.setValue(value));
        settle();
    }

    private void closeDialog() {
        Window dialog = lookup("#settings").query().getScene().getWindow();
        interact(dialog::hide);
        settle();
    }

    private void reopen() {
        interact(memory::close);
        interact(() -> window.controller().close());
        interact(WindowSettings.USUAL::apply);
        interact(() -> window = open());
        settle();
    }
}

package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.GuiTest;
import io.agilelens.views.Motion;
import io.agilelens.views.Theme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.geometry.Rectangle2D;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a window is like when it is opened again. */
class WindowMemoryTest extends WindowTest {
    @TempDir static Path folder;

    private WindowMemory memory;

    @BeforeEach
    void moveIntoSight() {
        GuiTest.settle();
    }

    @Override
    WorkbenchWindow open() {
        memory = WindowMemory.in(folder.resolve("config"), folder.resolve("state"));
        memory.settings().apply();
        WorkbenchWindow opened =
                WorkbenchWindow.show(
                        stage,
                        Optional.of(memory),
                        Optional.empty(),
                        FileQuestions.of(stage),
                        failures::add);
        opened.controller().open(EarlyOpening.begin("sample:llama-tiny"));
        return opened;
    }

    @Test
    void opensAsItWasLeft() throws IOException {
        clickOn("#station-tokens");
        interact(() -> lookup("#divider-window-right").query().requestFocus());
        double before = onFx(() -> window.frame().zones().rightWidth());
        push(KeyCode.LEFT);
        push(KeyCode.LEFT);
        double wider = onFx(() -> window.frame().zones().rightWidth());
        assertEquals(before + 32, wider);
        interact(
                () -> {
                    Theme.apply(Theme.Mode.DARK);
                    Theme.setZoom(1.25);
                    Motion.apply(Motion.Mode.REDUCED);
                    memory.setThreads(1);
                    stage.setX(20);
                    stage.setY(10);
                    stage.setWidth(1100);
                    stage.setHeight(720);
                });
        settle();
        reopen();
        assertEquals("tokens", station());
        assertEquals(wider, onFx(() -> window.frame().zones().rightWidth()));
        assertEquals(Theme.Mode.DARK, Theme.modeProperty().get());
        assertEquals(1.25, Theme.zoomProperty().get());
        assertTrue(Motion.reducedProperty().get());
        assertEquals(1, memory.settings().threads());
        // The headless screen is 1000 wide, and no window is wider than its screen.
        assertEquals(20, stage.getX());
        assertEquals(10, stage.getY());
        assertEquals(720, stage.getHeight());

        // A file that is no properties file leaves everything as usual, and nobody is bothered.
        interact(memory::close);
        Files.write(
                folder.resolve("state").resolve("layout.properties"),
                new byte[] {'\\', 'u', 'z', -1});
        Files.writeString(folder.resolve("config").resolve("settings.properties"), "theme=\\uXYZ");
        interact(() -> window.controller().close());
        interact(() -> window = open());
        assertEquals("model", station());
        assertEquals(Theme.Mode.SYSTEM, Theme.modeProperty().get());
        assertEquals(before, onFx(() -> window.frame().zones().rightWidth()));
        assertEquals(List.of(), failures);
    }

    @Test
    void aWindowIsNeverBeyondItsScreens() {
        Rectangle2D screen = new Rectangle2D(0, 0, 1920, 1080);
        WindowPlace gone = WindowPlace.parse("2500 100 1440 900 true").orElseThrow();
        WindowPlace moved = gone.within(List.of(screen));
        assertEquals(new Rectangle2D(240, 90, 1440, 900), moved.bounds());
        assertTrue(moved.maximized());
        Rectangle2D second = new Rectangle2D(1920, 0, 1920, 1080);
        assertEquals(gone, gone.within(List.of(screen, second)));
        assertEquals(
                new Rectangle2D(0, 0, 960, 540),
                gone.within(List.of(new Rectangle2D(0, 0, 960, 540))).bounds());
        assertEquals(Optional.empty(), WindowPlace.parse("NaN 0 1 1 x"));
        assertEquals(Optional.empty(), WindowPlace.parse(""));
    }

    private void reopen() {
        interact(memory::close);
        interact(() -> window.controller().close());
        interact(WindowSettings.USUAL::apply);
        interact(() -> window = open());
        settle();
    }
}

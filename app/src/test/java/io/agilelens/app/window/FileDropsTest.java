package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.Theme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Label;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files held over the window and dropped on it. */
class FileDropsTest extends WindowTest {
    private static final Path PICTURES = Path.of("target", "pictures");

    @TempDir Path folder;

    @Test
    void saysWhatDroppingDoesAndRefusesInOneLine() throws Exception {
        awaitPictures();
        assertEquals("Drop to open model.gguf", hold("model.gguf"));
        assertEquals("Drop to open TinyLlama-1.1B", hold("TinyLlama-1.1B"));
        Screenshots.take(stage, Theme.Mode.LIGHT, 1024, 700, PICTURES.resolve("drop.png"));
        assertEquals("Drop to evaluate on notes.txt", hold("notes.txt"));
        String refusal = hold("picture.png");
        assertTrue(refusal.startsWith("picture.png is neither"), refusal);
        assertFalse(refusal.contains("\n"));
        Screenshots.take(stage, Theme.Mode.DARK, 1024, 700, PICTURES.resolve("drop-refused.png"));
        assertTrue(target().isVisible());
        assertFalse(onFx(() -> window.drops().drop(List.of(Path.of("picture.png")))));
        assertFalse(target().isVisible());
        interact(() -> window.drops().enter(List.of(Path.of("a.gguf"), Path.of("b.gguf"))));
        assertEquals("Drop one thing at a time: there are 2", words());
        interact(() -> window.drops().leave());
        assertFalse(target().isVisible());
    }

    @Test
    void aDroppedTextIsEvaluatedOn() throws Exception {
        awaitPictures();
        String before =
                onFx(() -> workbench().comparisonProperty().get().orElseThrow().tokens().get(3));
        Path text = folder.resolve("counting.txt");
        Files.writeString(text, "one two three four five six seven eight nine ten\n".repeat(400));
        assertTrue(onFx(() -> window.drops().drop(List.of(text))));
        await(
                () ->
                        onFx(
                                () ->
                                        workbench()
                                                .comparisonProperty()
                                                .get()
                                                .filter(
                                                        shown ->
                                                                !shown.tokens()
                                                                        .get(3)
                                                                        .equals(before))
                                                .isPresent()));
        assertEquals(List.of(), failures);
    }

    private String hold(String name) {
        interact(() -> window.drops().enter(List.of(Path.of(name))));
        return words();
    }

    private String words() {
        return lookup(".drop-card").queryAs(Label.class).getText();
    }

    private Node target() {
        return window.frame().lookup("#drop-target");
    }
}

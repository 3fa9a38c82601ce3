package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.bench.BenchFileTest;
import io.agilelens.views.Theme;
import io.agilelens.views.workbench.EvaluationText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

    @Test
    void aChosenTextStaysWithTheNextModelIfThatCanReadIt() throws Exception {
        awaitPictures();
        Path text = folder.resolve("counting.txt");
        Files.writeString(text, "one two three four five six seven eight nine ten\n".repeat(400));
        assertTrue(onFx(() -> window.drops().drop(List.of(text))));
        await(() -> textOf("sample:llama-tiny").contains("counting.txt"));
        interact(() -> window.controller().open("sample:opt-tiny"));
        await(() -> !textOf("sample:opt-tiny").isEmpty());
        assertTrue(textOf("sample:opt-tiny").contains("counting.txt"));
        assertEquals(
                Optional.of(text.toAbsolutePath().normalize()),
                onFx(() -> window.opened().subject().text().file()));

        Files.writeString(text, "too little to fill a window");
        interact(() -> window.controller().open("sample:bloom-tiny"));
        await(() -> !textOf("sample:bloom-tiny").isEmpty());
        assertEquals(EvaluationText.BUNDLED, onFx(() -> window.opened().subject().text()));
        Label told =
                lookup(
                                words ->
                                        words instanceof Label label
                                                && String.valueOf(label.getText())
                                                        .startsWith(
                                                                "Evaluating on the bundled text: "))
                        .query();
        assertTrue(told.getText().contains("counting.txt"), told.getText());
        assertEquals(1, told.getText().lines().count());
        assertEquals(List.of(), failures);
    }

    /** What is evaluated on, once a model is open; empty before. */
    private String textOf(String model) {
        return onFx(
                () ->
                        window.opened().reference().equals(model)
                                ? window.opened().text().source()
                                : "");
    }

    @Test
    void aDroppedRunOfBenchIsWhatMeasurementsAreSetAgainst() throws Exception {
        awaitPictures();
        Path run = folder.resolve("laptop.json");
        Files.writeString(run, BenchFileTest.laptop());
        assertTrue(onFx(() -> window.drops().drop(List.of(run))));
        await(() -> onFx(() -> workbench().savedMeasurementProperty().get().isPresent()));
        assertEquals(
                "laptop.json",
                onFx(() -> workbench().savedMeasurementProperty().get().orElseThrow().name()));
        assertEquals(List.of(), failures);
    }

    @Test
    void aDroppedRunOfBenchThatIsNoneIsToldInOneLine() throws Exception {
        awaitPictures();
        Path foreign = folder.resolve("other.json");
        Files.writeString(foreign, BenchFileTest.laptop().replace("384", "5632"));
        assertTrue(onFx(() -> window.drops().drop(List.of(foreign))));
        await(() -> onFx(() -> failures.size() == 1));
        Path broken = folder.resolve("broken.json");
        Files.writeString(
                broken, BenchFileTest.laptop().replace("\"spread\": 4", "\"spread\": {}"));
        assertTrue(onFx(() -> window.drops().drop(List.of(broken))));
        await(() -> onFx(() -> failures.size() == 2));
        for (Throwable failure : failures) {
            assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
        }
        assertTrue(failures.getFirst().getMessage().contains("other.json"));
        assertTrue(failures.getLast().getMessage().contains("spread"));
        assertTrue(onFx(() -> workbench().savedMeasurementProperty().get().isEmpty()));
        failures.clear();
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

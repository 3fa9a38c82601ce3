package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replacing loses a model that was written before, and nothing else. */
class ModelFolderTest {
    @TempDir private Path folder;

    private Path model(String name) throws IOException {
        Path model = Files.createDirectory(folder.resolve(name));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve("model.safetensors"), "");
        return model;
    }

    private static String refusal(Path target, Optional<Path> source) {
        return assertThrows(
                        UserException.class, () -> ModelFolder.requireReplaceable(target, source))
                .getMessage();
    }

    @Test
    void aModelAndAnEmptyFolderMayGo() throws IOException {
        Path model = model("model");
        Path source = model("source");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertDoesNotThrow(
                () -> {
                    ModelFolder.requireReplaceable(model, Optional.of(source));
                    ModelFolder.requireReplaceable(empty, Optional.of(source));
                    ModelFolder.requireReplaceable(folder.resolve("new"), Optional.of(source));
                });
    }

    @Test
    void nothingElseMay() throws IOException {
        Path model = model("model");
        assertEquals(
                model + " is the model itself and would be lost; choose another name",
                refusal(model, Optional.of(model)));
        Files.writeString(model.resolve("thesis.txt"), "years of work");
        assertEquals(
                model
                        + " holds thesis.txt, which would be lost; choose another name or empty the"
                        + " folder yourself",
                refusal(model, Optional.empty()));
        assertEquals(
                folder
                        + " holds model, which would be lost; choose another name or empty the"
                        + " folder yourself",
                refusal(folder, Optional.of(model)));
        Path file = Files.writeString(folder.resolve("file"), "");
        assertEquals(
                file + " is a file and is not replaced by a folder; choose another name",
                refusal(file, Optional.empty()));
        assertEquals(
                model + " is a folder and is not replaced by a file; choose another name",
                assertThrows(
                                UserException.class,
                                () -> AtomicFiles.writeFile(model, true, place -> {}))
                        .getMessage());
    }
}

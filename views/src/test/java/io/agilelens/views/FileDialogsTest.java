package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDialogsTest {
    @TempDir Path here;

    @Test
    void eachBeginsWhereTheOneBeforeEnded() throws IOException {
        Path folder = Files.createDirectory(here.resolve("exports"));
        Path file = folder.resolve("tuned.gguf");
        assertEquals(file, FileDialogs.rememberFolderOf(file));
        ObjectProperty<File> next = new SimpleObjectProperty<>();
        FileDialogs.begin(next);
        assertEquals(folder.toFile(), next.get());
        ObjectProperty<File> told = new SimpleObjectProperty<>(here.toFile());
        FileDialogs.begin(told);
        assertEquals(here.toFile(), told.get());
        Files.delete(folder);
        ObjectProperty<File> gone = new SimpleObjectProperty<>();
        FileDialogs.begin(gone);
        assertNull(gone.get(), "the system refuses a folder that is not there");
    }
}

package io.agilelens.app;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * A small file that the program keeps for a user and works without. What cannot be read counts as
 * not there; what cannot be written is not kept.
 */
public final class KeptProperties {
    private final Path file;
    private final String comment;

    /**
     * @param file which need not be there
     * @param comment says in the file what it is
     */
    public KeptProperties(Path file, String comment) {
        this.file = file;
        this.comment = comment;
    }

    /** What was kept; empty if there is nothing or nothing that can be read. */
    public Properties read() {
        Properties kept = new Properties();
        if (Files.isRegularFile(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                kept.load(reader);
            } catch (IOException | IllegalArgumentException unreadable) {
                kept.clear();
            }
        }
        return kept;
    }

    /** Keeps something in place of what was kept; not on the JavaFX thread. */
    public void write(Properties kept) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            AtomicFiles.writeFile(
                    file,
                    true,
                    place -> {
                        try (var writer = Files.newBufferedWriter(place)) {
                            kept.store(writer, comment);
                        }
                    });
        } catch (IOException | UserException notWritable) {
            // The next run begins without it.
        }
    }
}

package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of Markdown of which a command makes one part. What a person wrote around that part stays:
 * it lies between two marks, each a line.
 */
final class MarkedPage {
    private static final String BEGIN = "<!-- tables: begin -->";
    private static final String END = "<!-- tables: end -->";

    private final Path file;
    private final String before;
    private final String after;

    private MarkedPage(Path file, String before, String after) {
        this.file = file;
        this.before = before;
        this.after = after;
    }

    /**
     * Reads a page, or begins one.
     *
     * @param title of a page that does not exist yet
     * @throws UserException if it has no place for tables
     */
    static MarkedPage open(Path file, String title) {
        String existing = existing(file);
        int begin = existing.indexOf(BEGIN);
        int end = existing.indexOf(END);
        if (existing.isBlank()) {
            return new MarkedPage(file, "# %s\n\n".formatted(title), "\n");
        }
        if (begin < 0 || end < begin) {
            throw new UserException(
                    "--out names a page without the lines %s and %s, between which the tables go: put them in, or name another file"
                            .formatted(BEGIN, END));
        }
        return new MarkedPage(
                file, existing.substring(0, begin), existing.substring(end + END.length()));
    }

    private static String existing(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writes it with new tables. */
    void write(String tables) {
        String page = before + BEGIN + "\n\n" + tables + END + after;
        AtomicFiles.writeFile(file, Files.exists(file), place -> Files.writeString(place, page));
    }
}

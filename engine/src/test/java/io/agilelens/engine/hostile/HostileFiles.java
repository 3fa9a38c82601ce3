package io.agilelens.engine.hostile;

import io.agilelens.engine.Trees;
import io.agilelens.engine.UserException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens every hostile case and writes down what was said. A program of its own: it runs with a
 * small heap, and nothing that it opens may end it.
 */
public final class HostileFiles {
    /** Between the columns of a row: heading, name, outcome, message, milliseconds. */
    static final String COLUMN = "\t";

    static final String OPENS = "opens";
    static final String REFUSED = "refused";

    private HostileFiles() {}

    /**
     * @param arguments an empty work folder, the file for the rows
     */
    public static void main(String[] arguments) throws IOException {
        Path work = Path.of(arguments[0]).toRealPath();
        try (PrintStream rows = new PrintStream(arguments[1], StandardCharsets.UTF_8)) {
            for (HostileFormat format : HostileFormats.all()) {
                if (format.isRead()) {
                    for (HostileCase hostile : format.cases()) {
                        rows.println(format.title() + COLUMN + row(hostile, work));
                    }
                }
            }
        }
    }

    private static String row(HostileCase hostile, Path work) throws IOException {
        Path parent = Files.createDirectory(work.resolve("case"));
        Path folder = Files.createDirectory(parent.resolve("model"));
        try {
            hostile.builder().build(folder);
            Path opened = hostile.opened().isEmpty() ? folder : folder.resolve(hostile.opened());
            long start = System.nanoTime();
            String said = said(hostile, opened);
            long milliseconds = (System.nanoTime() - start) / 1_000_000;
            return String.join(
                    COLUMN, hostile.name(), said.replace(parent + "/", ""), "" + milliseconds);
        } finally {
            Trees.delete(parent);
        }
    }

    private static String said(HostileCase hostile, Path opened) {
        try {
            hostile.visit().accept(opened);
            return OPENS + COLUMN;
        } catch (UserException refusal) {
            // Line breaks would tear the row apart; the test then sees them.
            return REFUSED + COLUMN + refusal.getMessage().replace("\n", "⏎").replace("\t", "⇥");
        } catch (RuntimeException | Error failure) {
            throw new AssertionError("the case '" + hostile.name() + "'", failure);
        }
    }
}

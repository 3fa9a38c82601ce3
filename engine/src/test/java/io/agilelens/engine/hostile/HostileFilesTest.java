package io.agilelens.engine.hostile;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.fuzz.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds {@code docs/hostile-files.md} to what the program says, word for word. {@code
 * -Dhostile.write=true} writes the page anew.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has neither pipes nor devices in folders")
class HostileFilesTest {
    private static final Path PAGE = Path.of("..", "docs", "hostile-files.md");

    /** Made once, for some cases train what they damage. */
    private static final List<HostileFormat> FORMATS = HostileFormats.all();

    private static final int HEAP_MEGABYTES = 512;
    private static final int MOST_SECONDS = 900;

    /** The largest cases take a few seconds each; a busy machine is slower. */
    private static final long MOST_MILLISECONDS = 60_000;

    private static final int LONGEST_LINE = 800;

    @TempDir Path folder;

    private record Row(String title, String name, boolean opens, String message, long millis) {}

    @Test
    void everyCaseEndsAsThePageSays() throws Exception {
        List<Row> rows = run();
        // All at once: a change of the readers shows in several rows.
        assertAll(rows.stream().map(row -> () -> check(row)));
        String page = page(rows);
        if (Boolean.getBoolean("hostile.write")) {
            Files.writeString(PAGE, page);
        }
        assertTrue(Files.exists(PAGE), "run again with -Dhostile.write=true");
        assertEquals(
                Files.readString(PAGE),
                page,
                "docs/hostile-files.md is out of date; run again with -Dhostile.write=true and look"
                        + " at what changed");
    }

    private List<Row> run() throws IOException, InterruptedException {
        Path work = Files.createDirectory(folder.resolve("work"));
        Path out = folder.resolve("rows");
        JavaProgram.Result result =
                new JavaProgram(folder, HEAP_MEGABYTES)
                        .with(HostileFiles.class.getName(), work.toString(), out.toString())
                        .run(MOST_SECONDS);
        assertEquals(0, result.status(), result.tail());
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(out)) {
            String[] columns = line.split(HostileFiles.COLUMN, -1);
            assertEquals(5, columns.length, line);
            rows.add(
                    new Row(
                            columns[0],
                            columns[1],
                            columns[2].equals(HostileFiles.OPENS),
                            columns[3],
                            Long.parseLong(columns[4])));
        }
        return rows;
    }

    private static void check(Row row) {
        String name = row.title() + ", " + row.name() + ": ";
        assertTrue(row.millis() < MOST_MILLISECONDS, name + row.millis() + " ms");
        assertEquals(expected(row), row.opens(), name + row.message());
        if (!row.opens()) {
            assertTrue(row.message().startsWith("model"), name + "names no file: " + row.message());
            assertTrue(row.message().length() < LONGEST_LINE, name + "is too long");
            assertTrue(
                    row.message()
                            .codePoints()
                            .noneMatch(c -> Character.isISOControl(c) || c == '⏎'),
                    name + "is no plain line: " + row.message());
        }
    }

    private static boolean expected(Row row) {
        return FORMATS.stream()
                .filter(format -> format.title().equals(row.title()))
                .flatMap(format -> format.cases().stream())
                .filter(hostile -> hostile.name().equals(row.name()))
                .findFirst()
                .orElseThrow()
                .opens();
    }

    /** Two cases of one name would be one line that nobody checks. */
    @Test
    void noTwoCasesHaveOneName() {
        for (HostileFormat format : FORMATS) {
            Map<String, Integer> names = new HashMap<>();
            format.cases().forEach(hostile -> names.merge(hostile.name(), 1, Integer::sum));
            names.values().removeIf(count -> count == 1);
            assertTrue(names.isEmpty(), format.title() + " " + names);
        }
    }

    private static String page(List<Row> rows) {
        StringBuilder page = new StringBuilder(INTRODUCTION.formatted(HEAP_MEGABYTES));
        for (HostileFormat format : FORMATS) {
            page.append("\n## ").append(format.title()).append("\n\n");
            if (!format.isRead()) {
                page.append("Not read yet. Waiting: ");
                page.append(
                        String.join("; ", format.cases().stream().map(HostileCase::name).toList()));
                page.append(".\n");
                continue;
            }
            page.append("| case | what is said |\n|---|---|\n");
            for (Row row : rows) {
                if (row.title().equals(format.title())) {
                    page.append("| %s | %s |%n".formatted(cell(row.name()), outcome(row)));
                }
            }
        }
        return page.toString().replace("\r\n", "\n");
    }

    private static String outcome(Row row) {
        return row.opens() ? "*opens*" : cell(row.message());
    }

    /** Markdown must neither split the cell nor read markup in it. */
    private static String cell(String text) {
        return text.replace("\\", "\\\\")
                .replace("|", "\\|")
                .replace("*", "\\*")
                .replace("<", "&lt;")
                .replace("_", "\\_");
    }

    private static final String INTRODUCTION =
            """
            # Hostile files

            What the program says about files that are damaged, absurd or malicious: always one line that names the file, in bounded time and memory. A test opens every case on this page in a process with a heap of %d MB and compares each line, so the page cannot drift; `./mvnw -pl engine test -Dtest=HostileFilesTest -Dhostile.write=true` writes it anew. Paths are shown from the folder that holds the model, here `model`.

            Beyond these cases every parser is fuzzed: `./mvnw -pl engine test -Dtest=FuzzTest` does so for a short while, as every build does, `./mvnw -pl engine test -Pfuzz -Dfuzz.minutes=30` for longer. What was found is kept in `engine/src/test/resources/fuzz`. The readers of sessions and of saved runs of `bench` are fuzzed in the same way by `app`, whose tests are called with `-pl app -am -Dsurefire.failIfNoSpecifiedTests=false`.
            """;
}

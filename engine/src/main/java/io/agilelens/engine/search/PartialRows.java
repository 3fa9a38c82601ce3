package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.Printable;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The rows that a sweep has so far, in a file with a line for each: what was measured before the
 * program was stopped need not be measured again. The first line says which plan the rows belong
 * to. Safe for several threads.
 */
public final class PartialRows implements AutoCloseable {
    private static final String DIGEST = "plan";

    private final Path file;
    private final Writer writer;
    private final Map<Integer, SweepRow> rows;

    private PartialRows(Path file, Writer writer, Map<Integer, SweepRow> rows) {
        this.file = file;
        this.writer = writer;
        this.rows = rows;
    }

    /**
     * Opens the file, or starts it. A last line that was cut short is dropped; runs that failed are
     * done again.
     *
     * @throws UserException if it belongs to another plan, or cannot be read and written
     */
    public static PartialRows open(Path file, SweepPlan plan) {
        try {
            String digest = plan.digest();
            Map<Integer, SweepRow> rows =
                    Files.exists(file) ? read(file, digest, plan.runs().size()) : new TreeMap<>();
            Files.createDirectories(file.toAbsolutePath().getParent());
            // In one step: a kill at this moment must not cost the rows there are.
            AtomicFiles.writeFile(
                    file, true, place -> Files.writeString(place, text(digest, rows)));
            Writer writer =
                    Files.newBufferedWriter(
                            file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
            return new PartialRows(file, writer, rows);
        } catch (IOException failure) {
            throw unusable(file, failure);
        }
    }

    private static String text(String digest, Map<Integer, SweepRow> rows) {
        StringBuilder text = new StringBuilder();
        text.append(JsonNodeFactory.instance.objectNode().put(DIGEST, digest)).append('\n');
        rows.values().forEach(row -> text.append(row.toJson()).append('\n'));
        return text.toString();
    }

    private static Map<Integer, SweepRow> read(Path file, String digest, int runs)
            throws IOException {
        Map<Integer, SweepRow> rows = new TreeMap<>();
        // Decoded leniently, for the last line may end within a character.
        List<String> lines =
                new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
        if (!lines.isEmpty() && !digestOf(lines.getFirst()).equals(digest)) {
            throw new UserException(
                    "%s holds rows of another sweep: name another folder, or remove the file"
                            .formatted(Printable.of(file)));
        }
        for (int i = 1; i < lines.size(); i++) {
            try {
                SweepRow row = SweepRow.fromJson(lines.get(i));
                if (row.error().isEmpty() && row.index() < runs) {
                    rows.put(row.index(), row);
                }
            } catch (JacksonException cutShort) {
                break;
            }
        }
        return rows;
    }

    /** Empty if the line, which is never cut short, is none of this class's. */
    private static String digestOf(String firstLine) {
        try {
            return JsonMapper.shared().readTree(firstLine).path(DIGEST).asString("");
        } catch (JacksonException foreign) {
            return "";
        }
    }

    /** The rows there are, by index; a copy. */
    public synchronized Map<Integer, SweepRow> rows() {
        return new TreeMap<>(rows);
    }

    /** Adds a row and hands it to the operating system at once. */
    public synchronized void add(SweepRow row) {
        rows.put(row.index(), row);
        line(row.toJson().toString());
    }

    private void line(String text) {
        try {
            writer.write(text);
            writer.write('\n');
            writer.flush();
        } catch (IOException failure) {
            throw unusable(file, failure);
        }
    }

    private static UserException unusable(Path file, IOException failure) {
        return new UserException(
                "%s cannot be read and written (%s): name another folder"
                        .formatted(Printable.of(file), failure.getMessage()),
                failure);
    }

    @Override
    public synchronized void close() {
        try {
            writer.close();
        } catch (IOException failure) {
            throw unusable(file, failure);
        }
    }
}

package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
            Writer writer =
                    Files.newBufferedWriter(
                            file,
                            StandardCharsets.UTF_8,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
            PartialRows opened = new PartialRows(file, writer, rows);
            opened.line(JsonNodeFactory.instance.objectNode().put(DIGEST, digest).toString());
            for (SweepRow row : rows.values()) {
                opened.line(row.toJson().toString());
            }
            return opened;
        } catch (IOException failure) {
            throw unusable(file, failure);
        }
    }

    private static Map<Integer, SweepRow> read(Path file, String digest, int runs)
            throws IOException {
        Map<Integer, SweepRow> rows = new TreeMap<>();
        boolean first = true;
        for (String line : Files.readAllLines(file)) {
            try {
                if (first) {
                    first = false;
                    String found = JsonMapper.shared().readTree(line).path(DIGEST).asString("");
                    if (!found.equals(digest)) {
                        throw new UserException(
                                "%s holds rows of another sweep: name another folder, or remove the file"
                                        .formatted(Printable.of(file)));
                    }
                    continue;
                }
                SweepRow row = SweepRow.fromJson(line);
                if (row.error().isEmpty() && row.index() < runs) {
                    rows.put(row.index(), row);
                }
            } catch (JacksonException cutShort) {
                break;
            }
        }
        return rows;
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

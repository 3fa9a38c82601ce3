package io.agilelens.views.chart;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.util.List;

/**
 * Writes comma-separated values after RFC 4180, decimal point, full precision. Each line looks at
 * the {@link Cancellation#current()} cancellation.
 */
public final class Csv {
    private final Appendable out;
    private final Progress progress;

    /**
     * @param out gets each line as soon as it is known
     */
    Csv(Appendable out) {
        this(out, Progress.NONE);
    }

    /**
     * The same.
     *
     * @param progress hears how many rows of a table are written
     */
    Csv(Appendable out, Progress progress) {
        this.out = out;
        this.progress = progress;
    }

    /** Adds a line; fields with commas, quotes or line breaks are quoted. */
    public void line(List<?> fields) throws IOException {
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            out.append(quoted(String.valueOf(fields.get(i))));
        }
        endLine();
    }

    /** One line a row, one field a column, names in the first of each. */
    void table(HeatmapData data) throws IOException {
        HeatmapData.Labels labels = data.labels();
        out.append(quoted(labels.row() + " \\ " + labels.column()));
        for (int column = 0; column < data.columns(); column++) {
            out.append(',').append(quoted(labels.columnName().apply(column)));
        }
        endLine();
        for (int row = 0; row < data.rows(); row++) {
            out.append(quoted(labels.rowName().apply(row)));
            for (int column = 0; column < data.columns(); column++) {
                float value = data.value(row, column);
                out.append(',');
                if (!Float.isNaN(value)) {
                    out.append(Float.toString(value));
                }
            }
            endLine();
            progress.report("", row + 1, data.rows());
        }
    }

    private void endLine() throws IOException {
        out.append("\r\n");
        Cancellation.current().check();
    }

    private static String quoted(String field) {
        boolean plain =
                field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}

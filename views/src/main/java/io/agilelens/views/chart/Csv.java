package io.agilelens.views.chart;

import java.util.List;

/** Comma-separated values after RFC 4180, decimal point, full precision. */
public final class Csv {
    private final StringBuilder text = new StringBuilder();

    /** Adds a line; fields with commas, quotes or line breaks are quoted. */
    public Csv line(List<?> fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                text.append(',');
            }
            text.append(quoted(String.valueOf(fields.get(i))));
        }
        text.append("\r\n");
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** One line a row, one field a column, names in the first of each. */
    static String of(HeatmapData data) {
        HeatmapData.Labels labels = data.labels();
        Csv csv = new Csv();
        StringBuilder text = csv.text;
        text.append(quoted(labels.row() + " \\ " + labels.column()));
        for (int column = 0; column < data.columns(); column++) {
            text.append(',').append(quoted(labels.columnName().apply(column)));
        }
        text.append("\r\n");
        for (int row = 0; row < data.rows(); row++) {
            text.append(quoted(labels.rowName().apply(row)));
            for (int column = 0; column < data.columns(); column++) {
                float value = data.value(row, column);
                text.append(',');
                if (!Float.isNaN(value)) {
                    text.append(value);
                }
            }
            text.append("\r\n");
        }
        return csv.toString();
    }

    private static String quoted(String field) {
        boolean plain =
                field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}

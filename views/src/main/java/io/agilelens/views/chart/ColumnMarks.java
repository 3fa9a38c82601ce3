package io.agilelens.views.chart;

import java.util.List;

/**
 * Columns of a table that have a padlock above them.
 *
 * @param columns from 0
 * @param words what the padlock means, for the legend
 */
public record ColumnMarks(List<Integer> columns, String words) {
    /** No column has one. */
    public static final ColumnMarks NONE = new ColumnMarks(List.of(), "");

    public ColumnMarks {
        columns = List.copyOf(columns);
    }
}

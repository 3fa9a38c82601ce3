package io.agilelens.views.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * An immutable table of numbers to draw, {@code [rows, columns]} row-major, with its words. A value
 * that does not exist is not-a-number.
 */
public final class HeatmapData {
    private final int rows;
    private final int columns;
    private final float[] values;
    private final Labels labels;
    private volatile List<HeatmapData> levels;
    private final float minimum;
    private final float maximum;
    private final float smallestPositive;

    private final boolean complete;

    /**
     * The words of a table.
     *
     * @param value what a cell holds, such as {@code max |x|}
     * @param unit the unit of a cell, or empty
     * @param row what a row is, such as {@code layer}
     * @param column what a column is, such as {@code channel}
     * @param rowName the name of each row
     * @param columnName the name of each column
     * @param missing why a cell has no value, for the legend, or empty
     */
    public record Labels(
            String value,
            String unit,
            String row,
            String column,
            IntFunction<String> rowName,
            IntFunction<String> columnName,
            String missing) {
        public Labels {
            Objects.requireNonNull(value);
            Objects.requireNonNull(unit);
            Objects.requireNonNull(row);
            Objects.requireNonNull(column);
            Objects.requireNonNull(rowName);
            Objects.requireNonNull(columnName);
            Objects.requireNonNull(missing);
        }

        /** Words of a table whose missing values explain themselves. */
        public Labels(
                String value,
                String unit,
                String row,
                String column,
                IntFunction<String> rowName,
                IntFunction<String> columnName) {
            this(value, unit, row, column, rowName, columnName, "");
        }

        /** Rows and columns are called by their numbers. */
        public static Labels numbered(String value, String unit, String row, String column) {
            return new Labels(value, unit, row, column, Integer::toString, Integer::toString);
        }
    }

    private HeatmapData(int rows, int columns, float[] values, Labels labels) {
        if (rows < 1 || columns < 1 || values.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    values.length + " values do not fill " + rows + " × " + columns);
        }
        this.rows = rows;
        this.columns = columns;
        this.values = values;
        this.labels = labels;
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        float positive = Float.POSITIVE_INFINITY;
        boolean all = true;
        for (float value : values) {
            all &= !Float.isNaN(value);
            if (Float.isFinite(value)) {
                least = Math.min(least, value);
                most = Math.max(most, value);
                if (value > 0 && value < positive) {
                    positive = value;
                }
            }
        }
        this.complete = all;
        boolean any = least <= most;
        this.minimum = any ? least : Float.NaN;
        this.maximum = any ? most : Float.NaN;
        this.smallestPositive = Float.isFinite(positive) ? positive : Float.NaN;
    }

    /** A table of its own copy of the values, {@code [rows, columns]}. */
    public static HeatmapData of(int rows, int columns, float[] values, Labels labels) {
        return new HeatmapData(rows, columns, values.clone(), labels);
    }

    /** Like {@link #of}, but without a copy: the caller hands the array over and forgets it. */
    public static HeatmapData adopt(int rows, int columns, float[] values, Labels labels) {
        return new HeatmapData(rows, columns, values, labels);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public Labels labels() {
        return labels;
    }

    /** The value of a cell, not-a-number where there is none. */
    public float value(int row, int column) {
        Objects.checkIndex(row, rows);
        Objects.checkIndex(column, columns);
        return values[row * columns + column];
    }

    /** The values themselves, for reading only. */
    float[] values() {
        return values;
    }

    /** Whether every cell has a value. */
    boolean isComplete() {
        return complete;
    }

    /** The least finite value, not-a-number if there is none. */
    public float minimum() {
        return minimum;
    }

    /** The greatest finite value, not-a-number if there is none. */
    public float maximum() {
        return maximum;
    }

    /** The least value above zero, not-a-number if there is none. */
    public float smallestPositive() {
        return smallestPositive;
    }

    /**
     * The table at ever coarser detail: level k has one cell for each 2^k × 2^k cells of this one
     * and keeps the value farthest from zero, so that an outlier never vanishes. Built at the first
     * call, which for a big table is not for the UI thread.
     */
    List<HeatmapData> levels() {
        List<HeatmapData> built = levels;
        if (built == null) {
            synchronized (this) {
                built = levels;
                if (built == null) {
                    built = buildLevels();
                    levels = built;
                }
            }
        }
        return built;
    }

    private List<HeatmapData> buildLevels() {
        List<HeatmapData> built = new ArrayList<>();
        HeatmapData finest = this;
        built.add(finest);
        while (finest.rows > 1 || finest.columns > 1) {
            finest = finest.halved();
            built.add(finest);
        }
        return List.copyOf(built);
    }

    private HeatmapData halved() {
        int halfRows = (rows + 1) / 2;
        int halfColumns = (columns + 1) / 2;
        float[] half = new float[halfRows * halfColumns];
        for (int row = 0; row < halfRows; row++) {
            int upper = 2 * row * columns;
            int lower = Math.min(2 * row + 1, rows - 1) * columns;
            for (int column = 0; column < halfColumns; column++) {
                int left = 2 * column;
                int right = Math.min(left + 1, columns - 1);
                float top = farther(values[upper + left], values[upper + right]);
                float bottom = farther(values[lower + left], values[lower + right]);
                half[row * halfColumns + column] = farther(top, bottom);
            }
        }
        return new HeatmapData(halfRows, halfColumns, half, labels);
    }

    /** The value farther from zero; a missing one loses to any other. */
    static float farther(float a, float b) {
        return Math.abs(b) > Math.abs(a) || a != a ? b : a;
    }
}

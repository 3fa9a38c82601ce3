package io.agilelens.engine.kernel;

/**
 * A part of a matrix of doubles, which it shares with the whole, as it lies there or transposed.
 *
 * @param whole the matrix
 * @param firstRow of the whole
 * @param firstColumn of the whole
 * @param rows of the part as it is seen
 * @param columns of the part as it is seen
 * @param isTransposed whether rows as seen are columns of the whole
 */
public record DoubleView(
        DoubleBands whole,
        int firstRow,
        int firstColumn,
        int rows,
        int columns,
        boolean isTransposed) {

    public DoubleView {
        int lines = isTransposed ? columns : rows;
        int length = isTransposed ? rows : columns;
        if (!whole.holds(firstRow, firstRow + lines, firstColumn, firstColumn + length)) {
            throw new IllegalArgumentException(
                    "[%d, %d] from row %d and column %d on leaves a matrix of [%d, %d]"
                            .formatted(
                                    lines,
                                    length,
                                    firstRow,
                                    firstColumn,
                                    whole.rows(),
                                    whole.columns()));
        }
    }

    /** A whole matrix, row-major. */
    public static DoubleView of(double[] data, int rows, int columns) {
        return DoubleBands.of(data, rows, columns).view();
    }

    /** Rows {@code fromRow … toRow − 1} and columns {@code fromColumn … toColumn − 1}. */
    public DoubleView part(int fromRow, int toRow, int fromColumn, int toColumn) {
        return new DoubleView(
                whole,
                firstRow + (isTransposed ? fromColumn : fromRow),
                firstColumn + (isTransposed ? fromRow : fromColumn),
                toRow - fromRow,
                toColumn - fromColumn,
                isTransposed);
    }

    public DoubleView transposed() {
        return new DoubleView(whole, firstRow, firstColumn, columns, rows, !isTransposed);
    }

    /** The array that a row lies in; of a transposed view, a column. */
    public double[] array(int line) {
        return whole.array(firstRow + line);
    }

    /** Where in its array a row begins; of a transposed view, a column. The rest follows. */
    public int index(int line) {
        return whole.index(firstRow + line, firstColumn);
    }

    /** An element. */
    public double get(int row, int column) {
        int line = isTransposed ? column : row;
        return array(line)[index(line) + (isTransposed ? row : column)];
    }

    /** Replaces an element. */
    public void set(int row, int column, double value) {
        int line = isTransposed ? column : row;
        array(line)[index(line) + (isTransposed ? row : column)] = value;
    }
}

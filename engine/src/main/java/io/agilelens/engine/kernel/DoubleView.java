package io.agilelens.engine.kernel;

/**
 * A part of a matrix of doubles: element {@code (i, j)} stands at {@code offset + i · rowStride + j
 * · columnStride}. The array is shared with the whole.
 */
public record DoubleView(
        double[] data, int offset, int rowStride, int columnStride, int rows, int columns) {

    public DoubleView {
        boolean empty = rows == 0 || columns == 0;
        long last = offset + (rows - 1L) * rowStride + (columns - 1L) * columnStride;
        if (rows < 0 || columns < 0 || offset < 0 || !empty && (last < 0 || last >= data.length)) {
            throw new IllegalArgumentException(
                    "a view of [%d, %d] from %d on leaves an array of %d"
                            .formatted(rows, columns, offset, data.length));
        }
    }

    /** A whole matrix, row-major. */
    public static DoubleView of(double[] data, int rows, int columns) {
        return new DoubleView(data, 0, columns, 1, rows, columns);
    }

    /** Rows {@code fromRow … toRow − 1} and columns {@code fromColumn … toColumn − 1}. */
    public DoubleView part(int fromRow, int toRow, int fromColumn, int toColumn) {
        int start =
                toRow > fromRow && toColumn > fromColumn
                        ? offset + fromRow * rowStride + fromColumn * columnStride
                        : offset;
        return new DoubleView(
                data, start, rowStride, columnStride, toRow - fromRow, toColumn - fromColumn);
    }

    public DoubleView transposed() {
        return new DoubleView(data, offset, columnStride, rowStride, columns, rows);
    }

    int index(int row, int column) {
        return offset + row * rowStride + column * columnStride;
    }
}

package io.agilelens.engine.tensor;

/**
 * A dense float32 matrix, row-major: element {@code (row, column)} stands at {@code row * columns +
 * column}. For activations a row is a token and a column a channel. The array is shared, not
 * copied: a matrix that a result carries is for reading only.
 *
 * @param data at least {@code rows * columns} values; what lies behind them is scratch space
 */
public record Matrix(int rows, int columns, float[] data) {

    public Matrix {
        if (rows < 0 || columns < 0 || (long) rows * columns > data.length) {
            throw new IllegalArgumentException(
                    "a %d × %d matrix does not fit %d values"
                            .formatted(rows, columns, data.length));
        }
    }

    /** A matrix of zeros. */
    public static Matrix zeros(int rows, int columns) {
        return new Matrix(rows, columns, new float[Math.multiplyExact(rows, columns)]);
    }

    public float get(int row, int column) {
        return data[row * columns + column];
    }

    /** Index in {@link #data} of the row's first element. */
    public int offset(int row) {
        return row * columns;
    }

    /** An independent copy, without scratch space. */
    public Matrix copy() {
        return new Matrix(rows, columns, java.util.Arrays.copyOf(data, rows * columns));
    }
}

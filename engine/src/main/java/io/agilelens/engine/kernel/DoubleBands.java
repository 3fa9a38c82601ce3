package io.agilelens.engine.kernel;

/**
 * A matrix of doubles in several arrays, each of which holds a band of neighbouring rows. Java
 * clears a new array in one go, and whoever cancels waits that long; and what a triangle leaves
 * empty needs no memory.
 */
public final class DoubleBands {

    /** Rows of each band of a triangle but the last: a few milliseconds of clearing. */
    private static final int BAND = 128;

    /**
     * Of a triangle's columns there are as many together in each row, whichever of them belong to
     * it, so that products find them there.
     */
    public static final int STRIP = 256;

    /** Which columns of a band there are. */
    private enum Shape {
        WHOLE,
        LOWER,
        UPPER
    }

    private final Shape shape;
    private final int rows;
    private final int columns;
    private final int bandRows;
    private final double[][] bands;

    private DoubleBands(Shape shape, int rows, int columns, int bandRows, double[][] bands) {
        this.shape = shape;
        this.rows = rows;
        this.columns = columns;
        this.bandRows = bandRows;
        this.bands = bands;
    }

    /**
     * A whole matrix in one band.
     *
     * @param data {@code [rows, columns]} from its start; shared
     */
    public static DoubleBands of(double[] data, int rows, int columns) {
        if (data.length < (long) rows * columns) {
            throw new IllegalArgumentException(
                    "%d doubles do not fill [%d, %d]".formatted(data.length, rows, columns));
        }
        return new DoubleBands(
                Shape.WHOLE, rows, columns, Math.max(1, rows), new double[][] {data});
    }

    /**
     * Zeros {@code [n, n]} on and below the diagonal, and above it to the end of the strip.
     *
     * @throws java.util.concurrent.CancellationException if the thread's work was cancelled
     */
    public static DoubleBands lowerTriangle(int n) {
        return triangle(Shape.LOWER, n);
    }

    /** The same on and above the diagonal, and below it from the start of the strip on. */
    public static DoubleBands upperTriangle(int n) {
        return triangle(Shape.UPPER, n);
    }

    private static DoubleBands triangle(Shape shape, int n) {
        double[][] bands = new double[Math.ceilDiv(n, BAND)][];
        DoubleBands triangle = new DoubleBands(shape, n, n, BAND, bands);
        Workers.shared()
                .forEach(
                        bands.length,
                        1,
                        band -> {
                            int count = Math.min(BAND, n - band * BAND);
                            bands[band] =
                                    new double[Math.multiplyExact(count, triangle.width(band))];
                        });
        return triangle;
    }

    /** What a triangle takes, in bytes. */
    public static long triangleBytes(int n) {
        long bytes = 0;
        for (int first = 0; first < n; first += STRIP) {
            bytes += (long) Math.min(STRIP, n - first) * (n - first) * Double.BYTES;
        }
        return bytes;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** All of a matrix that is no triangle. */
    public DoubleView view() {
        return part(0, rows, 0, columns);
    }

    /**
     * Rows {@code fromRow … toRow − 1} and columns {@code fromColumn … toColumn − 1}.
     *
     * @throws IllegalArgumentException if some of that is not there
     */
    public DoubleView part(int fromRow, int toRow, int fromColumn, int toColumn) {
        return new DoubleView(
                this, fromRow, fromColumn, toRow - fromRow, toColumn - fromColumn, false);
    }

    /** The array that a row lies in. */
    public double[] array(int row) {
        return bands[row / bandRows];
    }

    /** Where in its array an element stands; the rest of its row follows. */
    public int index(int row, int column) {
        int band = row / bandRows;
        return (row - band * bandRows) * width(band) + column - firstColumn(band);
    }

    /** An element that is there. */
    public double get(int row, int column) {
        return array(row)[index(row, column)];
    }

    /** Whether all of a part is there. */
    boolean holds(int fromRow, int toRow, int fromColumn, int toColumn) {
        if (fromRow < 0 || fromColumn < 0 || toRow > rows || toColumn > columns) {
            return false;
        }
        if (fromRow >= toRow || fromColumn >= toColumn) {
            return fromRow <= toRow && fromColumn <= toColumn;
        }
        return fromColumn >= firstColumn((toRow - 1) / bandRows)
                && toColumn <= endColumn(fromRow / bandRows);
    }

    /** The end of the strip that a column lies in. */
    public static int endOfStrip(int column, int columns) {
        return Math.min(columns, (column / STRIP + 1) * STRIP);
    }

    private int width(int band) {
        return endColumn(band) - firstColumn(band);
    }

    private int firstColumn(int band) {
        return shape == Shape.UPPER ? band * bandRows / STRIP * STRIP : 0;
    }

    private int endColumn(int band) {
        return shape == Shape.LOWER ? endOfStrip(band * bandRows, columns) : columns;
    }
}

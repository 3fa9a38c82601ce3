package io.agilelens.engine.tensor;

import java.util.Objects;

/**
 * Rows of another tensor in an order of one's own: row {@code i} of this tensor is row {@code
 * rows[i]} of the source. A row is all that stands under one index of the first dimension, so a
 * vector's rows are its single elements. Nothing is copied; the source is read when this is.
 *
 * @param name what this tensor is called
 * @param source at least of one dimension
 * @param rows indices into the source's first dimension, in any order, repeated or not; not to be
 *     changed
 */
public record RowSelection(String name, Tensor source, int[] rows) implements Tensor {

    public RowSelection {
        Objects.requireNonNull(name);
        if (source.shape().length == 0) {
            throw new IllegalArgumentException("tensor " + source.name() + " has no rows");
        }
        for (int row : rows) {
            Objects.checkIndex(row, source.shape()[0]);
        }
    }

    /**
     * {@code count} times {@code length} neighbouring rows, each run {@code stride} rows behind the
     * one before. BLOOM's fused projection holds query, key and value so, head by head.
     *
     * @param first row of the source that the first run starts at
     */
    public static RowSelection runs(
            String name, Tensor source, int first, int length, int stride, int count) {
        int[] rows = new int[count * length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = first + i / length * stride + i % length;
        }
        return new RowSelection(name, source, rows);
    }

    @Override
    public long[] shape() {
        long[] shape = source.shape().clone();
        shape[0] = rows.length;
        return shape;
    }

    @Override
    public String storage() {
        return source.storage();
    }

    @Override
    public long bytes() {
        long sourceRows = source.shape()[0];
        return sourceRows == 0 ? 0 : Math.round((double) source.bytes() * rows.length / sourceRows);
    }

    @Override
    public boolean isFloat() {
        return source.isFloat();
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(first, count, elements());
        long length = rowLength();
        int done = 0;
        while (done < count) {
            long element = first + done;
            int index = (int) (element / length);
            long inRow = element % length;
            // Neighbours of the source are read in one go, which matters for vectors.
            int last = index;
            long available = length - inRow;
            while (available < count - done && follows(last)) {
                last++;
                available += length;
            }
            int size = (int) Math.min(available, count - done);
            source.widen(rows[index] * length + inRow, target, offset + done, size);
            done += size;
        }
    }

    private boolean follows(int index) {
        return index + 1 < rows.length && rows[index + 1] == rows[index] + 1;
    }

    private long rowLength() {
        long length = 1;
        long[] shape = source.shape();
        for (int i = 1; i < shape.length; i++) {
            length *= shape[i];
        }
        return length;
    }
}

package io.agilelens.engine.tensor;

/**
 * Some rows of a tensor in another order, a view: nothing is copied before it is asked for. A
 * tensor of one dimension has rows of one element.
 *
 * @param name what the selection is called
 * @param source where the rows lie
 * @param rows for each row of the selection, its row in the source; not to be changed
 */
public record RowSelection(String name, Tensor source, int[] rows) implements Tensor {

    public RowSelection {
        long[] shape = source.shape();
        if (shape.length == 0) {
            throw new IllegalArgumentException("a tensor without dimensions has no rows: " + name);
        }
        for (int row : rows) {
            if (row < 0 || row >= shape[0]) {
                throw new IllegalArgumentException(
                        "%s has no row %d, only %d".formatted(source.name(), row, shape[0]));
            }
        }
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
        return sourceRows == 0 ? 0 : source.bytes() / sourceRows * rows.length;
    }

    @Override
    public boolean isFloat() {
        return source.isFloat();
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        long[] shape = source.shape();
        long width = shape[0] == 0 ? 0 : source.elements() / shape[0];
        int done = 0;
        while (done < count) {
            long at = first + done;
            long column = at % width;
            int length = (int) Math.min(width - column, count - done);
            source.widen(rows[(int) (at / width)] * width + column, target, offset + done, length);
            done += length;
        }
    }
}

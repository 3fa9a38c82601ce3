package io.agilelens.engine.tensor;

/**
 * Rows of a stored tensor as a tensor of their own, read from it when they are asked for: {@code
 * runs} times {@code length} neighbouring rows, each run {@code stride} rows behind the one before.
 * BLOOM's fused projection holds query, key and value so, head by head.
 *
 * @param source all rows; any number of dimensions, the first of which counts rows
 * @param first row of the source that the first run starts at
 */
public record RowSelection(
        String name, Tensor source, long first, long length, long stride, long runs)
        implements Tensor {

    public RowSelection {
        if (length < 1
                || runs < 1
                || first < 0
                || stride < length
                || first + (runs - 1) * stride + length > source.shape()[0]) {
            throw new IllegalArgumentException(
                    "%d runs of %d rows from row %d, %d apart, are not in tensor %s"
                            .formatted(runs, length, first, stride, source.name()));
        }
    }

    @Override
    public long[] shape() {
        long[] shape = source.shape().clone();
        shape[0] = runs * length;
        return shape;
    }

    @Override
    public String storage() {
        return source.storage();
    }

    @Override
    public long bytes() {
        return Math.round((double) source.bytes() * (runs * length) / source.shape()[0]);
    }

    @Override
    public boolean isFloat() {
        return source.isFloat();
    }

    @Override
    public void widen(long from, float[] target, int offset, int count) {
        long columns = source.elements() / source.shape()[0];
        long runElements = length * columns;
        int done = 0;
        while (done < count) {
            long run = (from + done) / runElements;
            long within = (from + done) % runElements;
            int size = (int) Math.min(runElements - within, count - done);
            source.widen((first + run * stride) * columns + within, target, offset + done, size);
            done += size;
        }
    }
}

package io.agilelens.engine.tensor;

/**
 * A tensor of which one dimension is multiplied or divided channel by channel, on the way, so that
 * nothing is kept.
 *
 * @param source what is stored: floats, a matrix {@code [outputs, inputs]} or a vector {@code
 *     [channels]}, which is either dimension's
 * @param factors one a channel of the axis; read only
 */
public record ChannelScaled(Tensor source, Axis axis, Operation operation, float[] factors)
        implements Tensor {

    /** Which dimension the factors run along. */
    public enum Axis {
        /** The first: rows of a matrix. */
        OUTPUTS,
        /** The last: columns of a matrix. */
        INPUTS
    }

    /** What is done with a factor. A quotient is not the product with the reciprocal to the bit. */
    public enum Operation {
        TIMES,
        OVER
    }

    public ChannelScaled {
        long[] shape = source.shape();
        int dimension = axis == Axis.OUTPUTS ? 0 : shape.length - 1;
        if (shape.length == 0 || shape[dimension] != factors.length || !source.isFloat()) {
            throw new IllegalArgumentException(
                    "tensor %s does not have %d channels of floats"
                            .formatted(source.name(), factors.length));
        }
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public long[] shape() {
        return source.shape();
    }

    /** That of the source, which may not hold the scaled values exactly. */
    @Override
    public String storage() {
        return source.storage();
    }

    @Override
    public long bytes() {
        return source.bytes();
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        source.widen(first, target, offset, count);
        switch (axis) {
            case INPUTS -> scaleColumns((int) (first % factors.length), target, offset, count);
            case OUTPUTS -> scaleRows(first, target, offset, count);
        }
    }

    private void scaleColumns(int firstColumn, float[] target, int offset, int count) {
        int column = firstColumn;
        for (int i = offset; i < offset + count; ) {
            int run = Math.min(factors.length - column, offset + count - i);
            switch (operation) {
                case TIMES -> {
                    for (int c = 0; c < run; c++) {
                        target[i + c] *= factors[column + c];
                    }
                }
                case OVER -> {
                    for (int c = 0; c < run; c++) {
                        target[i + c] /= factors[column + c];
                    }
                }
            }
            i += run;
            column = 0;
        }
    }

    private void scaleRows(long first, float[] target, int offset, int count) {
        long length = elements() / factors.length;
        for (int i = 0; i < count; ) {
            int row = (int) ((first + i) / length);
            int run = (int) Math.min((row + 1) * length - first - i, count - i);
            float factor = factors[row];
            for (int c = offset + i; c < offset + i + run; c++) {
                target[c] = operation == Operation.TIMES ? target[c] * factor : target[c] / factor;
            }
            i += run;
        }
    }
}

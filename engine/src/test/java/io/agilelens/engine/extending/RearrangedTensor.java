package io.agilelens.engine.extending;

import io.agilelens.engine.tensor.Tensor;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * Elements of a stored tensor under another name and in another order; read from the file when
 * asked for.
 *
 * @param source gives, for an element of this tensor, the one it is in the stored tensor; negative
 *     for zero
 */
record RearrangedTensor(Tensor stored, String name, long[] shape, LongUnaryOperator source)
        implements Tensor {

    static Tensor renamed(Tensor stored, String name) {
        return new RearrangedTensor(stored, name, stored.shape(), element -> element);
    }

    /** With rows of zeros before the first one. */
    static Tensor below(Tensor stored, String name, int rows) {
        long[] shape = stored.shape().clone();
        shape[0] += rows;
        return new RearrangedTensor(stored, name, shape, element -> element - rows * shape[1]);
    }

    /** Columns of a matrix as rows, or elements of a vector. */
    static Tensor columns(Tensor stored, String name) {
        long[] shape = stored.shape();
        return columns(stored, name, 0, shape[shape.length - 1]);
    }

    /** The same of some neighbouring columns. */
    static Tensor columns(Tensor stored, String name, long first, long count) {
        long[] shape = stored.shape();
        if (shape.length == 1) {
            return new RearrangedTensor(
                    stored, name, new long[] {count}, element -> first + element);
        }
        long inputs = shape[0];
        long outputs = shape[1];
        return new RearrangedTensor(
                stored,
                name,
                new long[] {count, inputs},
                element -> element % inputs * outputs + first + element / inputs);
    }

    @Override
    public String storage() {
        return stored.storage();
    }

    @Override
    public long bytes() {
        return stored.bytes() * elements() / stored.elements();
    }

    @Override
    public boolean isFloat() {
        return stored.isFloat();
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        Arrays.fill(target, offset, offset + count, 0);
        for (int i = 0; i < count; i++) {
            long element = source.applyAsLong(first + i);
            if (element >= 0) {
                stored.widen(element, target, offset + i, 1);
            }
        }
    }
}

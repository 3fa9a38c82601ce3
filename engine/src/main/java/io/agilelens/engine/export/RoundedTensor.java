package io.agilelens.engine.export;

import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;

/**
 * A tensor as it reads once it is stored in another type.
 *
 * @param dtype that floats can be rounded to
 */
record RoundedTensor(Tensor source, DType dtype) implements Tensor {
    @Override
    public String name() {
        return source.name();
    }

    @Override
    public long[] shape() {
        return source.shape();
    }

    @Override
    public String storage() {
        return dtype.name();
    }

    @Override
    public long bytes() {
        return source.elements() * dtype.bytes();
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        source.widen(first, target, offset, count);
        for (int i = offset; i < offset + count; i++) {
            target[i] = dtype.round(target[i]);
        }
    }
}

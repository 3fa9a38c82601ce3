package io.agilelens.engine.tensor;

import java.util.Arrays;

/**
 * A tensor of plain numbers, little-endian.
 *
 * @param dtype element type
 * @param data exactly {@code elements() * dtype.bytes()} bytes
 */
public record DenseTensor(String name, DType dtype, long[] shape, StoredBytes data)
        implements Tensor {

    public DenseTensor {
        long expected = dtype.bytes();
        for (long size : shape) {
            expected = Math.multiplyExact(expected, size);
        }
        if (expected != data.size()) {
            throw new IllegalArgumentException(
                    "tensor %s: shape %s of %s needs %d bytes, there are %d"
                            .formatted(name, Arrays.toString(shape), dtype, expected, data.size()));
        }
    }

    @Override
    public String storage() {
        return dtype.name();
    }

    @Override
    public long bytes() {
        return data.size();
    }

    @Override
    public boolean isFloat() {
        return dtype.isFloat();
    }

    @Override
    public void unload() {
        data.unload();
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        dtype.widen(data, first, target, offset, count);
    }
}

package io.agilelens.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A stored tensor: row-major, little-endian, usually a window onto a mapped file, so that nothing
 * is read before it is asked for.
 *
 * @param name as the file calls it
 * @param dtype element type
 * @param shape sizes, slowest dimension first; not to be changed
 * @param data exactly {@code elements() * dtype.bytes()} bytes
 */
public record Tensor(String name, DType dtype, long[] shape, MemorySegment data) {

    public Tensor {
        long expected = dtype.bytes();
        for (long size : shape) {
            expected = Math.multiplyExact(expected, size);
        }
        if (expected != data.byteSize()) {
            throw new IllegalArgumentException(
                    "tensor %s: shape %s of %s needs %d bytes, there are %d"
                            .formatted(
                                    name,
                                    Arrays.toString(shape),
                                    dtype,
                                    expected,
                                    data.byteSize()));
        }
    }

    /** Number of elements. */
    public long elements() {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        return product;
    }

    /** All elements widened to float32; at most 2^31 − 8 of them. */
    public float[] toFloats() {
        int count = Math.toIntExact(elements());
        float[] values = new float[count];
        dtype.widen(data, 0, values, 0, count);
        return values;
    }
}

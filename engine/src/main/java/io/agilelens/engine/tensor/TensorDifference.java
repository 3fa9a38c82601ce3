package io.agilelens.engine.tensor;

import java.util.Arrays;

/**
 * What one tensor has more than another, element by element, subtracted on the way, so that nothing
 * is kept. Safe for several threads, as both tensors are.
 *
 * @param name what this tensor is called
 * @param minuend of floats
 * @param subtrahend of floats and the same shape
 */
public record TensorDifference(String name, Tensor minuend, Tensor subtrahend) implements Tensor {
    private static final int CHUNK = 1 << 14;

    public TensorDifference {
        if (!Arrays.equals(minuend.shape(), subtrahend.shape())
                || !minuend.isFloat()
                || !subtrahend.isFloat()) {
            throw new IllegalArgumentException(
                    "%s less %s: two tensors of floats and of one shape are needed"
                            .formatted(minuend.name(), subtrahend.name()));
        }
    }

    @Override
    public long[] shape() {
        return minuend.shape();
    }

    /** That of the minuend; the difference itself is stored nowhere. */
    @Override
    public String storage() {
        return minuend.storage();
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        minuend.widen(first, target, offset, count);
        float[] taken = new float[Math.min(CHUNK, count)];
        for (int done = 0; done < count; done += CHUNK) {
            int piece = Math.min(CHUNK, count - done);
            subtrahend.widen(first + done, taken, 0, piece);
            for (int i = 0; i < piece; i++) {
                target[offset + done + i] -= taken[i];
            }
        }
    }
}

package io.agilelens.engine.tensor;

import io.agilelens.engine.task.Cancellation;

/** A tensor of ones that cancels the work on it when it is read for the third time. */
public final class CancelledTensor implements Tensor {
    private final Cancellation cancellation;
    private final long[] shape;
    private int reads;

    /**
     * @param shape as large as one likes
     */
    public CancelledTensor(Cancellation cancellation, long... shape) {
        this.cancellation = cancellation;
        this.shape = shape;
    }

    /** How often some of it was asked for. */
    public int reads() {
        return reads;
    }

    @Override
    public String name() {
        return "cancelled";
    }

    @Override
    public long[] shape() {
        return shape;
    }

    @Override
    public String storage() {
        return "F32";
    }

    @Override
    public long bytes() {
        return Float.BYTES * elements();
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        if (++reads == 3) {
            cancellation.cancel();
        }
        java.util.Arrays.fill(target, offset, offset + count, 1);
    }
}

package io.agilelens.engine.format.packed;

import io.agilelens.engine.tensor.Tensor;

/**
 * The weight of a linear layer whose inputs the model divides by a number per channel before they
 * reach it. Dividing the columns of the weight instead gives the same outputs, so that the division
 * needs no place in the model.
 *
 * @param weight {@code [outputs, inputs]}
 * @param divisors {@code [inputs]}
 * @param bytes of the weight and the divisors
 */
public record DividedColumns(Tensor weight, float[] divisors, long bytes) implements Tensor {

    /** A stored weight and what its inputs are divided by. */
    public static DividedColumns of(Tensor weight, Tensor divisors) {
        return new DividedColumns(weight, divisors.toFloats(), weight.bytes() + divisors.bytes());
    }

    @Override
    public String name() {
        return weight.name();
    }

    @Override
    public long[] shape() {
        return weight.shape();
    }

    @Override
    public String storage() {
        return weight.storage() + ", columns divided";
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        weight.widen(first, target, offset, count);
        int column = (int) (first % divisors.length);
        for (int i = 0; i < count; i++) {
            target[offset + i] /= divisors[column];
            column = column + 1 == divisors.length ? 0 : column + 1;
        }
    }
}

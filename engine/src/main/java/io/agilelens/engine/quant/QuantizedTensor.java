package io.agilelens.engine.quant;

import io.agilelens.engine.tensor.Tensor;

/**
 * A quantized weight seen as the floats that its codes stand for, decoded when they are asked for.
 *
 * @param name as the float checkpoint calls it
 * @param weight {@code [outputs, inputs]}
 */
public record QuantizedTensor(String name, QuantizedWeight weight) implements Tensor {

    @Override
    public long[] shape() {
        return new long[] {weight.outputs(), weight.inputs()};
    }

    /** For example {@code "INT4"}. */
    @Override
    public String storage() {
        return "INT" + weight.bits();
    }

    @Override
    public long bytes() {
        return (weight.storedBits() + 7) / 8;
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        weight.dequantize(first, target, offset, count);
    }
}

package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * A large linear layer in memory, as an output head often is, in blocks of output channels: no
 * array ends where Java's arrays do, and none takes long to be cleared.
 */
final class ResidentLinear implements LinearOperator {
    private final int inputs;
    private final int outputs;
    private final int blockOutputs;
    private final List<FloatLinear> blocks;

    private ResidentLinear(int inputs, int outputs, int blockOutputs, List<FloatLinear> blocks) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.blockOutputs = blockOutputs;
        this.blocks = blocks;
    }

    /** Packs a stored weight, in one piece if it is not large. */
    static LinearOperator of(Kernels kernels, WeightPrecision precision, LinearWeight weight) {
        LinearOperator packed = pack(kernels, precision, weight);
        weight.weight().unload();
        return packed;
    }

    private static LinearOperator pack(
            Kernels kernels, WeightPrecision precision, LinearWeight weight) {
        int outputs = weight.outputs();
        int inputs = weight.inputs();
        int step = BlockedLinear.outputs(outputs, inputs, BlockedLinear.ELEMENTS);
        if (step == outputs) {
            return new FloatLinear(kernels, precision, weight);
        }
        float[] bias = weight.biasValues();
        List<FloatLinear> blocks = new ArrayList<>();
        for (int first = 0; first < outputs; first += step) {
            int count = Math.min(step, outputs - first);
            blocks.add(FloatLinear.ofRows(kernels, precision, weight, bias, first, count));
        }
        return new ResidentLinear(inputs, outputs, step, blocks);
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public long bytes() {
        return blocks.stream().mapToLong(FloatLinear::bytes).sum();
    }

    @Override
    public void apply(Activation input, float[] output) {
        for (int block = 0; block < blocks.size(); block++) {
            BlockedLinear.apply(blocks.get(block), input, block * blockOutputs, outputs, output);
        }
    }
}

package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * A large linear layer in memory, as an output head often is, in blocks of output channels: no
 * array ends where Java's arrays do, and none takes long to be cleared.
 */
public final class ResidentLinear implements LinearOperator {
    private final int inputs;
    private final int outputs;
    private final int blockOutputs;
    private final List<LinearOperator> blocks;

    private ResidentLinear(int inputs, int outputs, int blockOutputs, List<LinearOperator> blocks) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.blockOutputs = blockOutputs;
        this.blocks = blocks;
    }

    /** Makes a block of a linear layer. */
    @FunctionalInterface
    public interface Packing {

        /**
         * @param first its first output channel
         * @param count its output channels
         */
        LinearOperator pack(int first, int count);
    }

    /** Packs a stored weight, in one piece if it is not large. */
    public static LinearOperator of(
            Kernels kernels, WeightPrecision precision, LinearWeight weight) {
        LinearOperator packed = pack(kernels, precision, weight);
        weight.weight().unload();
        return packed;
    }

    private static LinearOperator pack(
            Kernels kernels, WeightPrecision precision, LinearWeight weight) {
        float[] bias = weight.biasValues();
        return of(
                weight.outputs(),
                weight.inputs(),
                (first, count) ->
                        FloatLinear.ofRows(kernels, precision, weight, bias, first, count));
    }

    /** Packs a linear layer block by block, in one piece if it is not large. */
    public static LinearOperator of(int outputs, int inputs, Packing packing) {
        int step = BlockedLinear.outputs(outputs, inputs, BlockedLinear.ELEMENTS);
        if (step == outputs) {
            return packing.pack(0, outputs);
        }
        List<LinearOperator> blocks = new ArrayList<>();
        for (int first = 0; first < outputs; first += step) {
            blocks.add(packing.pack(first, Math.min(step, outputs - first)));
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
        return blocks.stream().mapToLong(LinearOperator::bytes).sum();
    }

    @Override
    public void apply(Activation input, float[] output) {
        for (int block = 0; block < blocks.size(); block++) {
            BlockedLinear.apply(blocks.get(block), input, block * blockOutputs, outputs, output);
        }
    }
}

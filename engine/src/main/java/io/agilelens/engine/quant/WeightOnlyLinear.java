package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.GroupedWeights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.tensor.Matrix;

/** A linear layer with quantized weights and float activations, on kernels that read the codes. */
final class WeightOnlyLinear implements LinearOperator {
    private final Kernels kernels;
    private final GroupedWeights weights;
    private final float[] bias;

    /** The input at each place of the packed weights; null where that is the input's own. */
    private final int[] inputAt;

    /**
     * @param bias {@code [outputs]} or null
     */
    WeightOnlyLinear(Kernels kernels, QuantizedWeight weight, float[] bias) {
        this.kernels = kernels;
        this.bias = bias;
        byte[] zeros = new byte[weight.zeros().length];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (byte) weight.zeros()[i];
        }
        ChannelOrder order = ChannelOrder.ofGroups(weight.groupOf());
        boolean inOrder = weight.hasContiguousGroups();
        this.inputAt = inOrder ? null : order.channels();
        this.weights =
                kernels.packGrouped(
                        inOrder ? weight.codes() : ordered(weight, order.channels()),
                        weight.outputs(),
                        weight.inputs(),
                        weight.bits(),
                        weight.scales(),
                        zeros,
                        order.runStarts());
    }

    private static byte[] ordered(QuantizedWeight weight, int[] inputAt) {
        int inputs = weight.inputs();
        byte[] codes = new byte[weight.codes().length];
        for (int row = 0; row < codes.length; row += inputs) {
            for (int place = 0; place < inputs; place++) {
                codes[row + place] = weight.codes()[row + inputAt[place]];
            }
        }
        return codes;
    }

    @Override
    public int inputs() {
        return weights.inputs();
    }

    @Override
    public int outputs() {
        return weights.outputs();
    }

    @Override
    public long bytes() {
        return weights.bytes()
                + (bias == null ? 0 : 4L * bias.length)
                + (inputAt == null ? 0 : 4L * inputAt.length);
    }

    @Override
    public void apply(Activation input, float[] output) {
        int tokens = input.tokens();
        Matrix x = input.values();
        kernels.multiply(inputAt == null ? x.data() : ordered(x), tokens, weights, output);
        if (bias != null) {
            kernels.addBias(output, tokens, outputs(), bias);
        }
    }

    private float[] ordered(Matrix x) {
        float[] ordered = new float[x.rows() * inputs()];
        for (int t = 0; t < x.rows(); t++) {
            int row = t * inputs();
            for (int place = 0; place < inputs(); place++) {
                ordered[row + place] = x.data()[x.offset(t) + inputAt[place]];
            }
        }
        return ordered;
    }
}

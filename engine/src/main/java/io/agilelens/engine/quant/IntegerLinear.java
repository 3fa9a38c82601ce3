package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Int4Weights;
import io.agilelens.engine.kernel.Int8Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedWeights;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.LinearOperator;

/**
 * A linear layer on the integer kernels: {@code y[t,o] = scale[t] · (Σ_c code[t,c] · w[o,c] −
 * zero[t] · Σ_c w[o,c]) + b[o]}, the second sum being a constant of the output.
 */
final class IntegerLinear implements LinearOperator {
    private final Kernels kernels;
    private final PackedWeights weights;
    private final float[] scaledSums;
    private final float[] bias;

    /**
     * @param scaledSums {@code Σ_g scale[o,g] · Σ_{c∈g} w[o,c]} of each output
     * @param bias {@code [outputs]} or null
     */
    IntegerLinear(Kernels kernels, PackedWeights weights, float[] scaledSums, float[] bias) {
        this.kernels = kernels;
        this.weights = weights;
        this.scaledSums = scaledSums;
        this.bias = bias;
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
        return weights.bytes() + 4L * scaledSums.length + (bias == null ? 0 : 4L * bias.length);
    }

    @Override
    public void apply(Activation input, float[] output) {
        if (!(input instanceof ActivationCodes activation)) {
            throw new IllegalStateException("integer linears read codes, not " + input);
        }
        int tokens = activation.tokens();
        switch (weights) {
            case Int8Weights int8 -> kernels.multiply(activation.codes(), tokens, int8, output);
            case Int4Weights int4 -> kernels.multiply(activation.codes(), tokens, int4, output);
            default -> throw new IllegalStateException(weights + " are no integers");
        }
        kernels.rescale(
                output,
                tokens,
                outputs(),
                activation.scales(),
                activation.zeros(),
                scaledSums,
                bias);
    }
}

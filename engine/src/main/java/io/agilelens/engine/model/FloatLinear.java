package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Fp16Weights;
import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedWeights;
import io.agilelens.engine.kernel.WeightRows;
import java.util.Arrays;

/** A linear layer in float arithmetic, its weights kept in single or half precision. */
public final class FloatLinear implements LinearOperator {
    private final Kernels kernels;
    private final PackedWeights weights;
    private final float[] bias;

    /** A stored weight as it is. */
    public FloatLinear(Kernels kernels, WeightPrecision precision, LinearWeight weight) {
        this(
                kernels,
                precision,
                rows(weight, 0),
                weight.outputs(),
                weight.inputs(),
                weight.biasValues());
    }

    /**
     * @param values {@code [outputs, inputs]}
     * @param bias {@code [outputs]} or null
     */
    public FloatLinear(
            Kernels kernels,
            WeightPrecision precision,
            float[] values,
            int outputs,
            int inputs,
            float[] bias) {
        this(kernels, precision, WeightRows.of(values, inputs), outputs, inputs, bias);
    }

    private FloatLinear(
            Kernels kernels,
            WeightPrecision precision,
            WeightRows rows,
            int outputs,
            int inputs,
            float[] bias) {
        this.kernels = kernels;
        this.bias = bias;
        this.weights =
                switch (precision) {
                    case FP32 -> kernels.packFp32(rows, outputs, inputs);
                    case FP16 -> kernels.packFp16(rows, outputs, inputs);
                };
    }

    /**
     * Some rows of a stored weight, as a linear of their own.
     *
     * @param bias {@code [outputs]} of the whole, or null
     * @param first first output channel
     * @param count output channels
     */
    static FloatLinear ofRows(
            Kernels kernels,
            WeightPrecision precision,
            LinearWeight weight,
            float[] bias,
            int first,
            int count) {
        return new FloatLinear(
                kernels,
                precision,
                rows(weight, first),
                count,
                weight.inputs(),
                bias == null ? null : Arrays.copyOfRange(bias, first, first + count));
    }

    /** Stored rows from some output channel on, widened as they are packed. */
    private static WeightRows rows(LinearWeight weight, int firstOutput) {
        int inputs = weight.inputs();
        return (first, count, target) -> {
            long start = (long) (firstOutput + first) * inputs;
            weight.weight().widen(start, target, 0, count * inputs);
        };
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
        return weights.bytes() + (bias == null ? 0 : 4L * bias.length);
    }

    @Override
    public void apply(Activation input, float[] output) {
        float[] x = input.values().data();
        int tokens = input.tokens();
        switch (weights) {
            case Fp32Weights single -> kernels.multiply(x, tokens, single, output);
            case Fp16Weights half -> kernels.multiply(x, tokens, half, output);
            default -> throw new IllegalStateException("not float weights: " + weights);
        }
        if (bias != null) {
            kernels.addBias(output, tokens, outputs(), bias);
        }
    }
}

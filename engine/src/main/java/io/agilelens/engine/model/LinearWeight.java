package io.agilelens.engine.model;

import io.agilelens.engine.tensor.ChannelScaled;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.RowSelection;
import io.agilelens.engine.tensor.Tensor;
import java.util.Optional;

/**
 * The stored weight of a linear layer.
 *
 * @param outputs output channels
 * @param inputs input channels
 * @param weight {@code [outputs, inputs]}, row-major
 * @param bias {@code [outputs]}
 */
public record LinearWeight(int outputs, int inputs, Tensor weight, Optional<Tensor> bias) {

    /** Name of the stored tensor that the weight is, or that it is rows of. */
    public String storedIn() {
        return weight instanceof RowSelection rows ? rows.source().name() : weight.name();
    }

    /**
     * How the weight is best kept in memory where half precision is wanted: in single precision if
     * it is stored as wider numbers, or scaled on the way.
     */
    WeightPrecision kept(WeightPrecision wanted) {
        Tensor stored = weight instanceof RowSelection rows ? rows.source() : weight;
        boolean wider =
                stored instanceof ChannelScaled
                        || stored instanceof DenseTensor dense && dense.dtype() != DType.F16;
        return wider ? WeightPrecision.FP32 : wanted;
    }

    /** The weight widened to float32, {@code [outputs, inputs]}; a fresh array. */
    public float[] values() {
        return weight.toFloats();
    }

    /** The bias widened to float32, {@code [outputs]}, or null if there is none. */
    public float[] biasValues() {
        return bias.map(Tensor::toFloats).orElse(null);
    }
}

package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedValues;

/** What happens to attention probabilities before they meet the values. */
public interface SoftmaxTransform {

    /** Probabilities as they are. */
    SoftmaxTransform NONE = block -> {};

    /** Changes the visible entries in place. */
    void apply(ProbabilityBlock block);

    /**
     * A layer's values as blocks of transformed probabilities are multiplied with them.
     *
     * @param values {@code [keys, heads * headDimension]}
     * @param heads key/value heads
     */
    default PackedValues pack(
            Kernels kernels, float[] values, int keys, int heads, int headDimension) {
        return kernels.packValues(values, keys, heads, headDimension);
    }

    /**
     * The same product without packing, for few queries: that of a block, already transformed, with
     * the values of one key/value head.
     *
     * @param head key/value head
     * @param values row {@code j} starts at {@code valuesOffset + j * valuesStride}
     * @param context row {@code i} starts at {@code contextOffset + i * contextStride}
     */
    default void context(
            Kernels kernels,
            ProbabilityBlock block,
            int head,
            float[] values,
            int valuesOffset,
            int valuesStride,
            int headDimension,
            float[] context,
            int contextOffset,
            int contextStride) {
        kernels.attentionContext(
                block.values(),
                0,
                block.stride(),
                block.queries(),
                values,
                valuesOffset,
                valuesStride,
                block.keys(),
                headDimension,
                block.firstVisible(),
                context,
                contextOffset,
                contextStride);
    }
}

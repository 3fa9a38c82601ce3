package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.ProbabilityBlock;
import io.agilelens.engine.model.SoftmaxTransform;

/**
 * Attention with Log2 probabilities on integers: a probability {@code 2^−code} times an 8-bit value
 * is a shift, so the context needs no multiplication but the last one by the value's scale.
 */
final class Log2Softmax implements SoftmaxTransform {
    private final Log2Quantizer quantizer;
    private final ChannelwiseQuantizer valueQuantizer;

    /**
     * @param quantizer at most 4 bits, so that codes are at most 15
     * @param valueQuantizer symmetric, one scale a key/value head
     */
    Log2Softmax(Log2Quantizer quantizer, ChannelwiseQuantizer valueQuantizer) {
        this.quantizer = quantizer;
        this.valueQuantizer = valueQuantizer;
    }

    @Override
    public void apply(ProbabilityBlock block) {
        for (int i = 0; i < block.queries(); i++) {
            int row = i * block.stride();
            for (int j = row; j < row + block.visible(i); j++) {
                block.values()[j] = quantizer.apply(block.values()[j]);
            }
        }
    }

    @Override
    public void context(
            Kernels kernels,
            ProbabilityBlock block,
            float[] values,
            int valuesOffset,
            int valuesStride,
            int headDimension,
            float[] context,
            int contextOffset,
            int contextStride) {
        byte[] codes = new byte[block.queries() * block.stride()];
        for (int i = 0; i < block.queries(); i++) {
            int row = i * block.stride();
            for (int j = row; j < row + block.visible(i); j++) {
                float p = block.values()[j];
                codes[j] = p == 0 ? Kernels.LOG2_ZERO : (byte) -Math.getExponent(p);
            }
        }
        // The values lie on the quantizer's grid already, so encoding them again loses nothing.
        float scale = valueQuantizer.step(valuesOffset);
        byte[] integers = new byte[block.keys() * headDimension];
        for (int j = 0; j < block.keys(); j++) {
            int row = valuesOffset + j * valuesStride;
            for (int d = 0; d < headDimension; d++) {
                integers[j * headDimension + d] = (byte) Math.rint(values[row + d] / scale);
            }
        }
        int[] sums = new int[block.queries() * headDimension];
        kernels.log2Context(
                codes,
                block.stride(),
                block.queries(),
                integers,
                0,
                headDimension,
                block.keys(),
                headDimension,
                block.firstVisible(),
                sums);
        float unit = Math.scalb(scale, -15);
        for (int i = 0; i < block.queries(); i++) {
            for (int d = 0; d < headDimension; d++) {
                context[contextOffset + i * contextStride + d] = sums[i * headDimension + d] * unit;
            }
        }
    }
}

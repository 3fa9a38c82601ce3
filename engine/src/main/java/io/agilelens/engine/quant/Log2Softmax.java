package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.ProbabilityBlock;
import io.agilelens.engine.model.SoftmaxTransform;
import java.util.Optional;

/**
 * Attention with Log2 probabilities on integers: a probability {@code 2^−code} times an 8-bit value
 * is a shift, so the context needs no multiplication but the last one by the value's scale. A row's
 * probabilities add up to 1, and to at most √2 once each is rounded, so the kernels' sums are
 * exact.
 */
final class Log2Softmax implements SoftmaxTransform {
    private final Kernels kernels;
    private final Log2Quantizer quantizer;
    private final ChannelwiseQuantizer valueQuantizer;

    /**
     * @param quantizer at most 4 bits, so that codes are at most 15
     * @param valueQuantizer symmetric, one scale a key/value head
     */
    Log2Softmax(Kernels kernels, Log2Quantizer quantizer, ChannelwiseQuantizer valueQuantizer) {
        this.kernels = kernels;
        this.quantizer = quantizer;
        this.valueQuantizer = valueQuantizer;
    }

    @Override
    public void apply(ProbabilityBlock block) {
        quantizer.apply(kernels, block);
    }

    /** The values lie on the quantizer's grid already, so making integers of them loses nothing. */
    @Override
    public Optional<float[]> valueScales(int heads, int headDimension) {
        float[] scales = new float[heads];
        for (int head = 0; head < heads; head++) {
            scales[head] = valueQuantizer.step(head * headDimension);
        }
        return Optional.of(scales);
    }
}

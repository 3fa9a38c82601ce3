package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;

/**
 * Uniform unsigned quantization of the interval 0…1 in steps of {@code 1 / (2^bits − 1)}, the
 * baseline that Log2 is compared with.
 *
 * @param bits 2…8
 */
public record UnitQuantizer(int bits) implements SoftmaxQuantizer {

    @Override
    public float apply(float probability) {
        int steps = (1 << bits) - 1;
        return (float) Math.rint(probability * steps) / steps;
    }

    @Override
    public void apply(Kernels kernels, float[] probabilities, int offset, int count) {
        kernels.roundToSteps(probabilities, offset, count, (1 << bits) - 1);
    }
}

package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.ProbabilityBlock;

/** Quantizes attention probabilities one by one; rows are not renormalised. */
public sealed interface SoftmaxQuantizer permits Log2Quantizer, UnitQuantizer {

    int bits();

    /** What is left of a probability after quantizing it. */
    float apply(float probability);

    /** The same for {@code count} of them, in place. */
    void apply(Kernels kernels, float[] probabilities, int offset, int count);

    /** The same for the visible entries of a block. */
    default void apply(Kernels kernels, ProbabilityBlock block) {
        for (int i = 0; i < block.queries(); i++) {
            apply(kernels, block.values(), i * block.stride(), block.visible(i));
        }
    }
}

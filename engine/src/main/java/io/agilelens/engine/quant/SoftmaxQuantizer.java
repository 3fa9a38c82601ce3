package io.agilelens.engine.quant;

/** Quantizes attention probabilities one by one; rows are not renormalised. */
public sealed interface SoftmaxQuantizer permits Log2Quantizer, UnitQuantizer {

    int bits();

    /** What is left of a probability after quantizing it. */
    float apply(float probability);
}

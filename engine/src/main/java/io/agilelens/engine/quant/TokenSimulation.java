package io.agilelens.engine.quant;

import io.agilelens.engine.tensor.Matrix;

/** A quantizer made ready to quantize and dequantize tokens. May be used by several threads. */
@FunctionalInterface
interface TokenSimulation {

    /**
     * @param x {@code [tokens, channels]}, left alone
     * @param y receives the token's row
     */
    void apply(Matrix x, int token, Matrix y);
}

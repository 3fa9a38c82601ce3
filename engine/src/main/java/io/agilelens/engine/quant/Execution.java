package io.agilelens.engine.quant;

/** How a quantized model runs. */
public enum Execution {
    /** Floats that were quantized and dequantized, as the papers evaluate. */
    SIMULATED,
    /** Integer codes on integer kernels. */
    EXECUTED
}

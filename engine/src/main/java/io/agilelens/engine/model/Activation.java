package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;

/**
 * What a linear layer reads: activations {@code [tokens, channels]}, either floats or the integer
 * codes of a quantizer.
 */
public interface Activation {

    int tokens();

    /**
     * The activations as floats {@code [tokens, channels]}; for codes, what they stand for. Read
     * only.
     */
    Matrix values();

    /** Plain floats. */
    record Floats(Matrix values) implements Activation {
        @Override
        public int tokens() {
            return values.rows();
        }
    }
}

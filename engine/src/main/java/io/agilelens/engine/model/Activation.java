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

    /**
     * Called once nobody reads it any more.
     *
     * @param workspace gets back what was taken from it for this
     */
    default void giveBack(Workspace workspace) {}

    /** Plain floats. */
    record Floats(Matrix values) implements Activation {
        @Override
        public int tokens() {
            return values.rows();
        }
    }

    /** Plain floats in an array of a workspace. */
    record TakenFloats(Matrix values) implements Activation {
        @Override
        public int tokens() {
            return values.rows();
        }

        @Override
        public void giveBack(Workspace workspace) {
            workspace.giveBack(values);
        }
    }
}

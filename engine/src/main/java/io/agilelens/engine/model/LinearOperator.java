package io.agilelens.engine.model;

/** A linear layer ready to run, whatever its arithmetic: float, half, or integer. */
public interface LinearOperator {

    int inputs();

    int outputs();

    /** Memory its weights take, in bytes. */
    long bytes();

    /**
     * {@code output[tokens, outputs] = input · Wᵀ + b}, overwriting.
     *
     * @param output at least {@code tokens * outputs} values
     */
    void apply(Activation input, float[] output);
}

package io.agilelens.engine.format.packed;

/**
 * The unsigned codes of a matrix {@code [outputs, inputs]} in some packing. Safe for several
 * threads.
 */
interface Codes {

    /**
     * Copies a rectangle of codes out, a byte each.
     *
     * @param output its first row
     * @param input its first column
     * @param target receives {@code outputs * inputs} codes, row-major
     */
    void read(int output, int outputs, int input, int inputs, byte[] target);

    /**
     * How many inputs are best read at once: a rectangle should not cross a multiple of it. At
     * least 1.
     */
    int inputsAtOnce();

    /** How many outputs are best read at once. At least 1. */
    int outputsAtOnce();
}

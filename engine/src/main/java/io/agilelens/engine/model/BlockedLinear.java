package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Workers;

/**
 * What linears in blocks of output channels share: a block computes {@code [tokens, its outputs]},
 * which becomes some columns of the whole.
 */
final class BlockedLinear {
    private BlockedLinear() {}

    /** Elements of a block: 64 MiB as float32. */
    static final int ELEMENTS = 1 << 24;

    /** What a block gives, before it is put where it belongs. */
    private static final ThreadRoom COLUMNS = new ThreadRoom();

    /** A block's outputs are a multiple of this, as no kernel has panels that are wider. */
    static final int OUTPUT_STEP = 64;

    /**
     * Output channels of a block.
     *
     * @param elements weights that it may have
     */
    static int outputs(int outputs, int inputs, int elements) {
        int fitting = Math.max(1, elements / inputs);
        int rounded = Math.max(OUTPUT_STEP, fitting / OUTPUT_STEP * OUTPUT_STEP);
        return Math.min(outputs, rounded);
    }

    /**
     * Runs a block and puts its columns where they belong.
     *
     * @param first first output channel of the block
     * @param output {@code [tokens, outputs]}
     */
    static void apply(
            LinearOperator block, Activation input, int first, int outputs, float[] output) {
        int tokens = input.tokens();
        int width = block.outputs();
        if (width == outputs) {
            block.apply(input, output);
            return;
        }
        float[] columns = COLUMNS.floats(Math.multiplyExact(tokens, width));
        block.apply(input, columns);
        Workers.shared()
                .forEach(
                        tokens,
                        Workers.grain(width),
                        t ->
                                System.arraycopy(
                                        columns, t * width, output, t * outputs + first, width));
    }
}

package io.agilelens.engine.kernel;

import io.agilelens.engine.task.Cancellation;

/**
 * What the pieces of one kernel's loop work on. Each thread keeps one, see {@link
 * Scratch#operands}, and the bodies of loops are made once, so that calling a kernel allocates
 * nothing. Written by the calling thread before its loop begins, read by all that share it.
 */
final class Operands {

    /**
     * Of whoever called the kernel: pieces of large products last long before they are compiled.
     */
    Cancellation cancellation;

    /** {@code [tokens, channels]}. */
    float[] x;

    /** Activation codes, where those are multiplied. */
    byte[] codes;

    int tokens;
    int channels;

    /** What is written, {@code [tokens, channels]}. */
    float[] y;

    // ---- of rows

    float[] weight;
    float[] bias;
    float epsilon;
    float[] scales;
    int[] zeros;
    float[] sums;
    float[] cosines;
    float[] sines;
    int headDimension;

    // ---- of products

    /** Weights of floats or groups. */
    PackedWeights weights;

    IntegerPanels integers;

    /** Inputs and outputs of either. */
    int inputs;

    int outputs;

    /** What the calling thread made of the activations: tiles, or sums that zero points need. */
    float[] prepared;

    /** The same in double precision. */
    double[] wide;

    /** The same as integers of 16 bits. */
    short[] shorts;

    /** {@code [tiles, segments]}, see {@link SegmentJoining}. */
    int[] unitEnds;

    /** One token's codes, two to each slot, see {@link Turns}. */
    int[] slots;

    /** What the biases of the weights gave in each turn. */
    int[] biases;

    /** Inputs of a slice, see {@link Panels}. */
    int slice;

    FloatMultiplication.TileRows tileRows;
    FloatMultiplication.Unpacking unpacking;
    IntegerTiles.TilePacking packing;
    Panels.BlockBody block;
    final BlockSharing sharing = new BlockSharing();
    int rowsOfTile;

    /** Those of a product of floats, {@code x} being {@code [tokens, inputs]}. */
    Operands ofProduct(float[] x, int tokens, PackedWeights weights, float[] y) {
        this.x = x;
        this.tokens = tokens;
        this.weights = weights;
        this.inputs = weights.inputs();
        this.outputs = weights.outputs();
        this.y = y;
        return this;
    }

    /** Those of a product of integers, {@code codes} being {@code [tokens, inputs]}. */
    Operands ofProduct(byte[] codes, int tokens, IntegerPanels integers, float[] y) {
        this.codes = codes;
        this.tokens = tokens;
        this.integers = integers;
        this.inputs = integers.inputs();
        this.outputs = integers.outputs();
        this.y = y;
        return this;
    }

    /** So that no thread keeps the weights of a model that nobody else has. */
    void clear() {
        cancellation = null;
        x = null;
        codes = null;
        y = null;
        weight = null;
        bias = null;
        scales = null;
        zeros = null;
        sums = null;
        cosines = null;
        sines = null;
        weights = null;
        integers = null;
        prepared = null;
        wide = null;
        shorts = null;
        unitEnds = null;
        slots = null;
        biases = null;
        tileRows = null;
        unpacking = null;
        packing = null;
        block = null;
    }
}

package io.agilelens.trainer;

import java.util.Arrays;
import java.util.List;

/**
 * Weights that the forward pass takes as one array: a tensor of the checkpoint, or several whose
 * rows follow one another. One product then serves query, key and value, and the block still splits
 * into the checkpoint's tensors without copying anything around.
 *
 * @param role how the weights start and whether they decay
 * @param columns width of a matrix, 0 for vectors
 * @param tensors what the block is made of
 */
record Block(Role role, int columns, List<Rows> tensors) {
    /** What weights are for. */
    enum Role {
        NORM,
        BIAS,
        MATRIX,
        /** A row for each position. */
        POSITIONS,
        /** A projection whose result is added to the residual stream. */
        MATRIX_INTO_RESIDUAL
    }

    /**
     * A tensor of the block.
     *
     * @param name its name after the prefix, with {@code .weight} or {@code .bias}
     * @param count its rows, or elements if it is a vector
     */
    record Rows(String name, int count) {}

    Block {
        tensors = List.copyOf(tensors);
    }

    /** A matrix that names its own rows. */
    static Block matrix(String name, int rows, int columns) {
        return new Block(Role.MATRIX, columns, List.of(new Rows(name + ".weight", rows)));
    }

    /** A table with a row for each position. */
    static Block positions(String name, int rows, int columns) {
        return new Block(Role.POSITIONS, columns, List.of(new Rows(name + ".weight", rows)));
    }

    /** Matrices of the same width on top of one another. */
    static Block stacked(int columns, Rows... matrices) {
        return new Block(Role.MATRIX, columns, named(".weight", matrices));
    }

    /** A projection whose result is added to the residual stream. */
    static Block intoResidual(String name, int rows, int columns) {
        Rows matrix = new Rows(name + ".weight", rows);
        return new Block(Role.MATRIX_INTO_RESIDUAL, columns, List.of(matrix));
    }

    /** The biases of such matrices, end to end. */
    static Block biases(Rows... matrices) {
        return new Block(Role.BIAS, 0, named(".bias", matrices));
    }

    /** The scale of a normalization. */
    static Block norm(String name, int width) {
        return new Block(Role.NORM, 0, List.of(new Rows(name + ".weight", width)));
    }

    /** All rows of the block. */
    int rows() {
        return tensors.stream().mapToInt(Rows::count).sum();
    }

    /** The dimensions of a piece of the block with some number of rows. */
    List<Integer> dimensions(int rows) {
        return columns == 0 ? List.of(rows) : List.of(rows, columns);
    }

    private static List<Rows> named(String suffix, Rows... matrices) {
        return Arrays.stream(matrices).map(m -> new Rows(m.name() + suffix, m.count())).toList();
    }
}

package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Turns windows {@code [batch][context + 1]} into the arrays that a decoder takes. */
final class Batches {
    private Batches() {}

    /** The tokens of each window but the last, {@code [batch, context]}, int64. */
    static NDArray inputs(NDManager manager, int[][] windows) {
        return shifted(manager, windows, 0);
    }

    /** The tokens of each window but the first, {@code [batch, context]}, int64. */
    static NDArray targets(NDManager manager, int[][] windows) {
        return shifted(manager, windows, 1);
    }

    private static NDArray shifted(NDManager manager, int[][] windows, int shift) {
        int length = windows[0].length - 1;
        long[] ids = new long[windows.length * length];
        for (int window = 0; window < windows.length; window++) {
            for (int i = 0; i < length; i++) {
                ids[window * length + i] = windows[window][i + shift];
            }
        }
        return manager.create(ids, new Shape(windows.length, length));
    }
}

package io.agilelens.engine.evaluate;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Tensor;

/** Reads whole tensors of floats a piece at a time, each unless the reading was cancelled. */
final class TensorPieces {
    private static final int LENGTH = 1 << 16;

    private TensorPieces() {}

    /** Gets one piece after the other. */
    @FunctionalInterface
    interface Reader {
        /**
         * @param start index of the first value, row-major
         * @param values of the piece; others follow in the same array
         * @param count how many of them
         */
        void take(long start, float[] values, int count);
    }

    /** Gets the same piece of two tensors. */
    @FunctionalInterface
    interface PairReader {
        /** As of one tensor. */
        void take(long start, float[] one, float[] other, int count);
    }

    static void read(Tensor tensor, Reader reader) {
        read(tensor, LENGTH, reader);
    }

    /**
     * @param length of a piece, at least 1
     */
    static void read(Tensor tensor, int length, Reader reader) {
        long elements = tensor.elements();
        float[] piece = new float[(int) Math.min(length, elements)];
        for (long start = 0; start < elements; start += length) {
            Cancellation.current().check();
            int count = (int) Math.min(length, elements - start);
            tensor.widen(start, piece, 0, count);
            reader.take(start, piece, count);
        }
    }

    /**
     * @param other of as many values
     */
    static void read(Tensor one, Tensor other, PairReader reader) {
        float[] piece = new float[(int) Math.min(LENGTH, other.elements())];
        read(
                one,
                (start, values, count) -> {
                    other.widen(start, piece, 0, count);
                    reader.take(start, values, piece, count);
                });
    }
}

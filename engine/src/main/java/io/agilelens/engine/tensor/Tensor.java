package io.agilelens.engine.tensor;

import io.agilelens.engine.task.Cancellation;

/**
 * A tensor as a checkpoint stores it, row-major, usually a window onto a mapped file, so that
 * nothing is read before it is asked for. How its elements are stored is its own business: as plain
 * numbers ({@link DenseTensor}) or as the codes of some quantizer that are turned into floats on
 * the way. Safe for several threads until the checkpoint it came from is closed.
 */
public interface Tensor {

    /** Elements that are widened between two looks at whether that is still wanted. */
    int PIECE = 1 << 20;

    /** As the model's own format calls it, for example {@code model.norm.weight}. */
    String name();

    /** Sizes, slowest dimension first; not to be changed. */
    long[] shape();

    /** How elements are stored, for a person to read: {@code "F16"}, {@code "Q4_K"}. */
    String storage();

    /** Bytes it takes where it is stored, scales and the like included. */
    long bytes();

    /** Whether its elements are numbers that {@link #widen} gives, which a weight's must be. */
    boolean isFloat();

    /**
     * Gives elements as float32: exactly where the stored type allows it, rounded to nearest where
     * it is wider.
     *
     * @param first index of the first element, row-major
     * @param target receives {@code count} values from {@code offset}
     * @throws IllegalStateException if {@link #isFloat()} is false
     * @throws io.agilelens.engine.UserException if the file changed or vanished since it was opened
     */
    void widen(long first, float[] target, int offset, int count);

    /**
     * Lets the pages of a mapped file go that hold it, because it will hardly be read again soon;
     * what is read nevertheless comes back. Whoever closes a large file otherwise waits until all
     * of its pages are given back at once. Does nothing for what is only made from other tensors.
     */
    default void unload() {}

    /** Number of elements. */
    default long elements() {
        long product = 1;
        for (long size : shape()) {
            product *= size;
        }
        return product;
    }

    /** All elements as float32; at most 2^31 − 8 of them. */
    default float[] toFloats() {
        return toFloats(0, Math.toIntExact(elements()));
    }

    /**
     * Some elements as float32. Looks at {@link Cancellation#current()} every now and then, for
     * millions of elements take longer than a cancelled work may.
     *
     * @param first index of the first element, row-major
     */
    default float[] toFloats(long first, int count) {
        Cancellation cancellation = Cancellation.current();
        float[] values = new float[count];
        for (int offset = 0; offset < count; offset += PIECE) {
            cancellation.check();
            int piece = Math.min(PIECE, count - offset);
            widen(first + offset, values, offset, piece);
        }
        cancellation.check();
        return values;
    }
}

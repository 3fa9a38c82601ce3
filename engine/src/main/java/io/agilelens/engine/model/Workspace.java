package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * The arrays of one pass, which a layer gives back for the next one to take: making and clearing
 * new ones is what one thread does while the others wait. Not safe for several threads.
 */
public final class Workspace {
    private final Shelf<float[]> floats = new Shelf<>(array -> array.length, float[]::new);
    private final Shelf<byte[]> bytes = new Shelf<>(array -> array.length, byte[]::new);

    /** Arrays of one type that nobody uses. */
    private static final class Shelf<T> {
        private final List<T> free = new ArrayList<>();
        private final ToIntFunction<T> length;
        private final IntFunction<T> maker;

        Shelf(ToIntFunction<T> length, IntFunction<T> maker) {
            this.length = length;
            this.maker = maker;
        }

        /** The smallest that is large enough, or a new one. */
        T take(int wanted) {
            int best = -1;
            for (int i = 0; i < free.size(); i++) {
                int there = length.applyAsInt(free.get(i));
                if (there >= wanted && (best < 0 || there < length.applyAsInt(free.get(best)))) {
                    best = i;
                }
            }
            return best < 0 ? maker.apply(wanted) : free.remove(best);
        }
    }

    /** At least as many values as asked for; what they are is left over from before. */
    public float[] floats(int length) {
        return floats.take(length);
    }

    /** As {@link #floats}. */
    public byte[] bytes(int length) {
        return bytes.take(length);
    }

    /** A matrix to be filled: what it holds is left over from before. */
    public Matrix matrix(int rows, int columns) {
        return new Matrix(rows, columns, floats(Math.multiplyExact(rows, columns)));
    }

    /** Takes back an array that nobody reads any more. */
    public void giveBack(float[] array) {
        floats.free.add(array);
    }

    /** The same. */
    public void giveBack(byte[] array) {
        bytes.free.add(array);
    }

    /** The same. */
    public void giveBack(Matrix matrix) {
        giveBack(matrix.data());
    }
}

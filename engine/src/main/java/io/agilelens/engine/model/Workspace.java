package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * The arrays of one pass, which a layer gives back for the next one to take: making and clearing
 * new ones is what one thread does while the others wait. Those of a pass that ended go on to the
 * next pass unless the garbage collector comes first. Not safe for several threads.
 */
public final class Workspace {
    private static final WeakReference<Workspace> NONE = new WeakReference<>(null);

    /** Shorter arrays, such as those of a single token, cost next to nothing. */
    private static final int WORTH_INHERITING = 1 << 14;

    /** What the long pass that ended last left. */
    private static final AtomicReference<WeakReference<Workspace>> LEFT =
            new AtomicReference<>(NONE);

    private final Shelf<float[]> floats = new Shelf<>(array -> array.length, float[]::new);
    private final Shelf<byte[]> bytes = new Shelf<>(array -> array.length, byte[]::new);

    /** Arrays of one type that nobody uses. */
    private static final class Shelf<T> {
        private final List<T> free = new ArrayList<>();

        /** Of an earlier pass; what this one does not take is not kept for a third. */
        private final List<T> inherited = new ArrayList<>();

        private final ToIntFunction<T> length;
        private final IntFunction<T> maker;

        Shelf(ToIntFunction<T> length, IntFunction<T> maker) {
            this.length = length;
            this.maker = maker;
        }

        /** The smallest free one that is large enough; null if there is none. */
        T take(int wanted) {
            int best = -1;
            for (int i = 0; i < free.size(); i++) {
                int there = length.applyAsInt(free.get(i));
                if (there >= wanted && (best < 0 || there < length.applyAsInt(free.get(best)))) {
                    best = i;
                }
            }
            return best < 0 ? null : free.remove(best);
        }

        /**
         * An earlier pass's of this very length, so that passes do not swap for ever larger ones.
         */
        T takeInherited(int wanted) {
            for (int i = 0; i < inherited.size(); i++) {
                if (length.applyAsInt(inherited.get(i)) == wanted) {
                    return inherited.remove(i);
                }
            }
            return null;
        }

        T make(int wanted) {
            return maker.apply(wanted);
        }

        /** Leaves to another what is worth it; nothing remains. */
        void moveTo(Shelf<T> heir) {
            for (T array : free) {
                if (length.applyAsInt(array) >= WORTH_INHERITING) {
                    heir.inherited.add(array);
                }
            }
            free.clear();
            inherited.clear();
        }
    }

    /**
     * Leaves what was given back to the next pass. This workspace goes on empty, so a pass may end
     * more than once.
     *
     * @return what was left; the collector takes it from those who do not keep this
     */
    Workspace leave() {
        Workspace left = new Workspace();
        floats.moveTo(left.floats);
        bytes.moveTo(left.bytes);
        if (!left.floats.inherited.isEmpty() || !left.bytes.inherited.isEmpty()) {
            LEFT.set(new WeakReference<>(left));
        }
        return left;
    }

    /** At least as many values as asked for; what they are is left over from before. */
    public float[] floats(int length) {
        return take(floats, length);
    }

    /** As {@link #floats}. */
    public byte[] bytes(int length) {
        return take(bytes, length);
    }

    private <T> T take(Shelf<T> shelf, int wanted) {
        T taken = shelf.take(wanted);
        if (taken == null && wanted >= WORTH_INHERITING) {
            inherit();
            taken = shelf.takeInherited(wanted);
        }
        return taken == null ? shelf.make(wanted) : taken;
    }

    private void inherit() {
        Workspace left = LEFT.getAndSet(NONE).get();
        if (left != null) {
            floats.inherited.addAll(left.floats.inherited);
            bytes.inherited.addAll(left.bytes.inherited);
        }
    }

    /** A matrix to be filled: what it holds is left over from before. */
    public Matrix matrix(int rows, int columns) {
        return new Matrix(rows, columns, floats(Math.multiplyExact(rows, columns)));
    }

    /** Takes back an array that nobody reads any more: with assertions on, who does sees NaN. */
    public void giveBack(float[] array) {
        assert spoiled(array);
        floats.free.add(array);
    }

    private static boolean spoiled(float[] array) {
        Arrays.fill(array, Float.NaN);
        return true;
    }

    /** The same; who does sees the least code there is. */
    public void giveBack(byte[] array) {
        assert spoiled(array);
        bytes.free.add(array);
    }

    private static boolean spoiled(byte[] array) {
        Arrays.fill(array, Byte.MIN_VALUE);
        return true;
    }

    /** As an array. */
    public void giveBack(Matrix matrix) {
        giveBack(matrix.data());
    }
}

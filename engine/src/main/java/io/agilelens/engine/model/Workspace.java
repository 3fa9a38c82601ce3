package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * The arrays of one pass, which a layer gives back for the next one to take: making and clearing
 * new ones is what one thread does while the others wait. Not safe for several threads.
 */
public final class Workspace {
    private final List<float[]> floats = new ArrayList<>();
    private final List<byte[]> bytes = new ArrayList<>();

    /** At least as many values as asked for; what they are is left over from before. */
    public float[] floats(int length) {
        int best = -1;
        for (int i = 0; i < floats.size(); i++) {
            int there = floats.get(i).length;
            if (there >= length && (best < 0 || there < floats.get(best).length)) {
                best = i;
            }
        }
        return best < 0 ? new float[length] : floats.remove(best);
    }

    /** As {@link #floats}. */
    public byte[] bytes(int length) {
        int best = -1;
        for (int i = 0; i < bytes.size(); i++) {
            int there = bytes.get(i).length;
            if (there >= length && (best < 0 || there < bytes.get(best).length)) {
                best = i;
            }
        }
        return best < 0 ? new byte[length] : bytes.remove(best);
    }

    /** A matrix to be filled: what it holds is left over from before. */
    public Matrix matrix(int rows, int columns) {
        return new Matrix(rows, columns, floats(Math.multiplyExact(rows, columns)));
    }

    /** Takes back an array that nobody reads any more. */
    public void giveBack(float[] array) {
        floats.add(array);
    }

    /** The same. */
    public void giveBack(byte[] array) {
        bytes.add(array);
    }

    /** The same. */
    public void giveBack(Matrix matrix) {
        giveBack(matrix.data());
    }
}

package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * The arrays of one pass, which a layer gives back for the next one to take: making and clearing
 * new ones is what one thread does while the others wait. Not safe for several threads.
 */
final class Workspace {
    private final List<float[]> free = new ArrayList<>();

    /** At least as many values as asked for; what they are is left over from before. */
    float[] take(int length) {
        int best = -1;
        for (int i = 0; i < free.size(); i++) {
            int there = free.get(i).length;
            if (there >= length && (best < 0 || there < free.get(best).length)) {
                best = i;
            }
        }
        return best < 0 ? new float[length] : free.remove(best);
    }

    /** A matrix to be filled: what it holds is left over from before. */
    Matrix matrix(int rows, int columns) {
        return new Matrix(rows, columns, take(Math.multiplyExact(rows, columns)));
    }

    /** Takes back an array that nobody reads any more. */
    void giveBack(float[] array) {
        free.add(array);
    }

    void giveBack(Matrix matrix) {
        giveBack(matrix.data());
    }
}

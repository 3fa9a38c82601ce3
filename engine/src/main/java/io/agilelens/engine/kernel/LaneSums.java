package io.agilelens.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of a vector's lanes in a fixed order. The Vector API leaves the order of a float {@code
 * reduceLanes(ADD)} open, and the compiler does choose another one than the interpreter: the last
 * bits would change while a program warms up.
 */
final class LaneSums {

    /** Vectors of four floats, which every vector consists of. */
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

    private LaneSums() {}

    /**
     * Begins the sums of four vectors: adds up every fourth lane of each, in the order of {@link
     * #sum}, which ends it with a count of four.
     *
     * @param lanes four vectors, one after the other; gets four sums of each in their places
     * @param count lanes of a vector, a multiple of 4
     */
    static void foldFour(float[] lanes, int count) {
        FloatVector a = FloatVector.fromArray(FOUR, lanes, 0);
        FloatVector b = FloatVector.fromArray(FOUR, lanes, count);
        FloatVector c = FloatVector.fromArray(FOUR, lanes, 2 * count);
        FloatVector d = FloatVector.fromArray(FOUR, lanes, 3 * count);
        for (int i = 4; i < count; i += 4) {
            a = a.add(FloatVector.fromArray(FOUR, lanes, i));
            b = b.add(FloatVector.fromArray(FOUR, lanes, count + i));
            c = c.add(FloatVector.fromArray(FOUR, lanes, 2 * count + i));
            d = d.add(FloatVector.fromArray(FOUR, lanes, 3 * count + i));
        }
        a.intoArray(lanes, 0);
        b.intoArray(lanes, 4);
        c.intoArray(lanes, 8);
        d.intoArray(lanes, 12);
    }

    /**
     * Four sums over every fourth lane, added in pairs.
     *
     * @param lanes a vector stored at {@code offset}
     * @param count lanes of a vector, a multiple of 4
     */
    static float sum(float[] lanes, int offset, int count) {
        float a = lanes[offset];
        float b = lanes[offset + 1];
        float c = lanes[offset + 2];
        float d = lanes[offset + 3];
        for (int i = offset + 4; i < offset + count; i += 4) {
            a += lanes[i];
            b += lanes[i + 1];
            c += lanes[i + 2];
            d += lanes[i + 3];
        }
        return (a + b) + (c + d);
    }

    /** The same over {@code from ≤ i < to}, however many. */
    static float ofRange(float[] x, int from, int to) {
        int whole = from + (to - from) / 4 * 4;
        float sum = whole == from ? 0 : sum(x, from, whole - from);
        for (int i = whole; i < to; i++) {
            sum += x[i];
        }
        return sum;
    }
}

package io.agilelens.engine.kernel;

/**
 * Sums of a vector's lanes in a fixed order. The Vector API leaves the order of a float {@code
 * reduceLanes(ADD)} open, and the compiler does choose another one than the interpreter: the last
 * bits would change while a program warms up.
 */
final class LaneSums {

    private LaneSums() {}

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

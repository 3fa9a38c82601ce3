package io.agilelens.engine.kernel;

/** Values of one layer: each head {@code [keys, headDimension]}. */
final class CachedValueRows extends CacheRoom implements CachedValues {

    private final float[] scales;

    private CachedValueRows(
            int heads,
            int headDimension,
            CachePrecision precision,
            float[] scales,
            Workers workers) {
        super(heads, headDimension, precision, workers);
        this.scales = scales;
    }

    static CachedValueRows ofFloats(
            int heads, int headDimension, CachePrecision precision, Workers workers) {
        return new CachedValueRows(heads, headDimension, precision, null, workers);
    }

    /**
     * Half precision keeps integers of eight bits exactly.
     *
     * @param scales of each head
     */
    static CachedValueRows ofIntegers(
            int heads, int headDimension, float[] scales, Workers workers) {
        return new CachedValueRows(heads, headDimension, CachePrecision.HALF, scales, workers);
    }

    /** What a head's numbers count in. */
    float scale(int head) {
        return scales == null ? 1 : scales[head];
    }

    @Override
    int numbers(int tokens) {
        return Math.multiplyExact(tokens, headDimension());
    }

    @Override
    void put(float[] rows, int tokens, int head, int first) {
        int length = headDimension();
        for (int t = 0; t < tokens; t++) {
            int row = (t * heads() + head) * length;
            int at = (first + t) * length;
            if (scales != null) {
                putIntegers(rows, row, 1 / scales[head], halves(head), at, length);
            } else if (isHalf()) {
                putHalves(rows, row, halves(head), at, length);
            } else {
                System.arraycopy(rows, row, floats(head), at, length);
            }
        }
    }

    private static void putHalves(float[] rows, int row, short[] target, int at, int length) {
        for (int d = 0; d < length; d++) {
            target[at + d] = CachePrecision.half(rows[row + d]);
        }
    }

    private static void putIntegers(
            float[] rows, int row, float inverse, short[] target, int at, int length) {
        for (int d = 0; d < length; d++) {
            target[at + d] = CachePrecision.half((float) Math.rint(rows[row + d] * inverse));
        }
    }

    @Override
    public void read(float[] rows) {
        int length = headDimension();
        for (int head = 0; head < heads(); head++) {
            float scale = scale(head);
            for (int key = 0; key < keys(); key++) {
                int row = (key * heads() + head) * length;
                for (int d = 0; d < length; d++) {
                    rows[row + d] = scale * get(head, key * length + d);
                }
            }
        }
    }
}

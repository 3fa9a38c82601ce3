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
    void put(float[] rows, int from, int to, int head, int place) {
        int length = headDimension();
        int at = (place + from) * length;
        if (!isHalf()) {
            copy(rows, from, to, head, floats(head), at);
            return;
        }
        int numbers = (to - from) * length;
        float[] some = Scratch.ofThread().panel(numbers);
        copy(rows, from, to, head, some, 0);
        if (scales != null) {
            toIntegers(some, numbers, 1 / scales[head]);
        }
        putHalves(some, numbers, head, at);
    }

    /** Puts a head's values of some tokens behind each other. */
    private void copy(float[] rows, int from, int to, int head, float[] target, int offset) {
        int length = headDimension();
        for (int t = from; t < to; t++) {
            int row = (t * heads() + head) * length;
            System.arraycopy(rows, row, target, offset + (t - from) * length, length);
        }
    }

    private static void toIntegers(float[] values, int count, float inverse) {
        for (int i = 0; i < count; i++) {
            values[i] = (float) Math.rint(values[i] * inverse);
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

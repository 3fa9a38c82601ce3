package io.agilelens.engine.kernel;

/** Values of one layer: each head {@code [keys, headDimension]}. */
final class CachedValueRows extends CacheRoom implements CachedValues {

    /** Values that are still at hand when they are rounded. */
    private static final int TOKENS_AT_ONCE = 64;

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
        if (!isHalf()) {
            copy(rows, 0, tokens, head, floats(head), first * length);
            return;
        }
        float[] some = Scratch.ofThread().panel((long) TOKENS_AT_ONCE * length);
        for (int t = 0; t < tokens; t += TOKENS_AT_ONCE) {
            int count = Math.min(TOKENS_AT_ONCE, tokens - t);
            copy(rows, t, count, head, some, 0);
            if (scales != null) {
                toIntegers(some, count * length, 1 / scales[head]);
            }
            putHalves(some, count * length, head, (first + t) * length);
        }
    }

    /** Puts a head's values of some tokens behind each other. */
    private void copy(
            float[] rows, int firstToken, int tokens, int head, float[] target, int offset) {
        int length = headDimension();
        for (int t = 0; t < tokens; t++) {
            int row = ((firstToken + t) * heads() + head) * length;
            System.arraycopy(rows, row, target, offset + t * length, length);
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

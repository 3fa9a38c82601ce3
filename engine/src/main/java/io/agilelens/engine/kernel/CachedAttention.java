package io.agilelens.engine.kernel;

/**
 * Attention of one query over cached keys and values. The products of integers with powers of two
 * are exact in float32, and so are their sums below 2^24 units of the smallest term, 2^-15: below
 * 512, that is, where a row's probabilities add up to no more than 4 and the integers to no more
 * than 128.
 */
final class CachedAttention {

    private final CacheProducts products;
    private final Workers workers;
    private final int width;

    CachedAttention(CacheProducts products, Workers workers) {
        this.products = products;
        this.workers = workers;
        this.width = products.panelKeys();
    }

    /** As {@link Kernels#cachedKeys}. */
    CachedKeys keys(int heads, int headDimension, CachePrecision precision) {
        return new CachedKeyPanels(heads, headDimension, width, precision, workers);
    }

    /** As {@link Kernels#cachedValues}. */
    CachedValues values(int heads, int headDimension, CachePrecision precision) {
        return CachedValueRows.ofFloats(heads, headDimension, precision, workers);
    }

    /** As {@link Kernels#cachedIntegerValues}. */
    CachedValues integerValues(int heads, int headDimension, float[] scales) {
        return CachedValueRows.ofIntegers(heads, headDimension, scales, workers);
    }

    /**
     * @param visible keys that the query sees
     */
    void scores(
            float[] q,
            int qOffset,
            CachedKeyPanels keys,
            int head,
            int visible,
            float scale,
            float[] scores,
            int scoresOffset) {
        PackingChecks.requireWidth(keys.width(), width);
        int whole = visible / width;
        panels(q, qOffset, keys, head, 0, whole, scale, scores, scoresOffset);
        int rest = visible - whole * width;
        if (rest > 0) {
            float[] sums = Scratch.ofThread().sums(width);
            panels(q, qOffset, keys, head, whole, 1, scale, sums, 0);
            System.arraycopy(sums, 0, scores, scoresOffset + whole * width, rest);
        }
    }

    private void panels(
            float[] q,
            int qOffset,
            CachedKeyPanels keys,
            int head,
            int first,
            int count,
            float scale,
            float[] scores,
            int scoresOffset) {
        int dimension = keys.headDimension();
        int offset = first * dimension * width;
        if (keys.isHalf()) {
            products.scores(
                    q,
                    qOffset,
                    keys.halves(head),
                    offset,
                    count,
                    dimension,
                    scale,
                    scores,
                    scoresOffset);
        } else {
            products.scores(
                    q,
                    qOffset,
                    keys.floats(head),
                    offset,
                    count,
                    dimension,
                    scale,
                    scores,
                    scoresOffset);
        }
    }

    /**
     * @param visible keys that the query sees
     */
    void context(
            float[] p,
            int pOffset,
            CachedValueRows values,
            int head,
            int visible,
            float[] context,
            int contextOffset) {
        int dimension = values.headDimension();
        float scale = values.scale(head);
        if (values.isHalf()) {
            products.context(
                    p,
                    pOffset,
                    values.halves(head),
                    visible,
                    dimension,
                    scale,
                    context,
                    contextOffset);
        } else {
            products.context(
                    p,
                    pOffset,
                    values.floats(head),
                    visible,
                    dimension,
                    scale,
                    context,
                    contextOffset);
        }
    }
}

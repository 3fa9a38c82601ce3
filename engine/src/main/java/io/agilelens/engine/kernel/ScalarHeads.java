package io.agilelens.engine.kernel;

import java.util.Arrays;

/** What {@link ScalarKernels} keeps of a layer's keys or values: the rows as given. */
final class ScalarHeads implements CachedKeys, CachedValues {

    private final int heads;
    private final int headDimension;
    private final CachePrecision precision;
    private final float[] scales;
    private float[] rows = {};
    private int keys;

    /**
     * @param scales of each head's integers, or null for floats
     */
    ScalarHeads(int heads, int headDimension, CachePrecision precision, float[] scales) {
        this.heads = heads;
        this.headDimension = headDimension;
        this.precision = precision;
        this.scales = scales;
    }

    @Override
    public int keys() {
        return keys;
    }

    @Override
    public int heads() {
        return heads;
    }

    @Override
    public int headDimension() {
        return headDimension;
    }

    float[] scales() {
        return scales;
    }

    /** {@code [keys, heads * headDimension]}. */
    float[] rows() {
        return rows;
    }

    /** Where the row of a key and a head starts. */
    int row(int key, int head) {
        return (key * heads + head) * headDimension;
    }

    @Override
    public void append(float[] added, int tokens) {
        int held = row(keys, 0);
        int length = row(keys + tokens, 0);
        if (rows.length < length) {
            rows = Arrays.copyOf(rows, Math.max(length, 2 * held));
        }
        for (int i = held; i < length; i++) {
            rows[i] = precision.round(added[i - held]);
        }
        keys += tokens;
    }

    /**
     * Both have this method, so it must be said which one is meant: the memory is not used again.
     */
    @Override
    public void giveBack() {}

    @Override
    public long bytesPerToken() {
        return (long) heads * headDimension * precision.bytes();
    }

    @Override
    public void clear() {
        keys = 0;
    }

    @Override
    public void read(float[] target) {
        System.arraycopy(rows, 0, target, 0, row(keys, 0));
    }
}

package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * What vector kernels keep of one layer's keys or values. Each head has an array of its own, since
 * a token that is decoded reads head by head, and memory delivers neighbours fastest. Threads share
 * out the heads of a prompt.
 */
abstract sealed class CacheRoom implements CachedHeads permits CachedKeyPanels, CachedValueRows {

    /** Numbers to copy that are worth another thread. */
    private static final int NUMBERS_PER_PIECE = 1 << 15;

    private final int heads;
    private final int headDimension;
    private final Workers workers;

    /** Of each head in single precision, otherwise null. */
    private final float[][] floats;

    /** Of each head in half precision, otherwise null. */
    private final short[][] halves;

    private int keys;

    CacheRoom(int heads, int headDimension, CachePrecision precision, Workers workers) {
        this.heads = heads;
        this.headDimension = headDimension;
        this.workers = workers;
        floats = precision == CachePrecision.SINGLE ? new float[heads][0] : null;
        halves = precision == CachePrecision.HALF ? new short[heads][0] : null;
    }

    public final int keys() {
        return keys;
    }

    public final int heads() {
        return heads;
    }

    public final int headDimension() {
        return headDimension;
    }

    final boolean isHalf() {
        return halves != null;
    }

    final float[] floats(int head) {
        return floats[head];
    }

    final short[] halves(int head) {
        return halves[head];
    }

    /** What a number of a head stands for. */
    final float get(int head, int index) {
        return isHalf() ? Float.float16ToFloat(halves[head][index]) : floats[head][index];
    }

    @Override
    public final void append(float[] rows, int tokens) {
        workers.forRanges(
                heads,
                1 + NUMBERS_PER_PIECE / (tokens * headDimension + 1),
                (from, to) -> {
                    for (int head = from; head < to; head++) {
                        if (room(head) < numbers(keys + tokens)) {
                            grow(head, numbers(CachedHeads.room(keys, tokens)));
                        }
                        put(rows, tokens, head, keys);
                    }
                });
        keys += tokens;
    }

    private int room(int head) {
        return isHalf() ? halves[head].length : floats[head].length;
    }

    private void grow(int head, int length) {
        if (isHalf()) {
            halves[head] = Arrays.copyOf(halves[head], length);
        } else {
            floats[head] = Arrays.copyOf(floats[head], length);
        }
    }

    /** Numbers that a head of so many tokens has room for. */
    abstract int numbers(int tokens);

    /**
     * Adds what is new of one head, for which there is room.
     *
     * @param rows {@code [tokens, heads * headDimension]}
     * @param first place of the first token
     */
    abstract void put(float[] rows, int tokens, int head, int first);

    /** Rounds the first numbers of an array into a head: in one long loop, which vectors suit. */
    final void putHalves(float[] numbers, int count, int head, int at) {
        short[] target = halves[head];
        for (int i = 0; i < count; i++) {
            target[at + i] = CachePrecision.half(numbers[i]);
        }
    }

    @Override
    public final long bytesPerToken() {
        return (long) heads * headDimension * (isHalf() ? Short.BYTES : Float.BYTES);
    }

    @Override
    public final void clear() {
        keys = 0;
    }
}

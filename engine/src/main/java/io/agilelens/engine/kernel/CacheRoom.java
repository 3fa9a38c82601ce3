package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * What vector kernels keep of one layer's keys or values. Each head has an array of its own, since
 * a token that is decoded reads head by head, and memory delivers neighbours fastest. Threads share
 * out the heads of a prompt, each in blocks of tokens.
 */
abstract sealed class CacheRoom implements CachedHeads permits CachedKeyPanels, CachedValueRows {

    /** Tokens of a head that are added together. */
    private static final int BLOCK = 64;

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
        makeRoom(tokens);
        int blocks = Math.ceilDiv(tokens, BLOCK);
        workers.forRanges(
                heads * blocks,
                Workers.grain((long) Math.min(tokens, BLOCK) * headDimension),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        int first = i % blocks * BLOCK;
                        put(rows, first, Math.min(tokens, first + BLOCK), i / blocks, keys);
                    }
                });
        keys += tokens;
    }

    /** All heads have room for as many tokens. */
    private void makeRoom(int tokens) {
        int there = isHalf() ? halves[0].length : floats[0].length;
        if (there < numbers(keys + tokens)) {
            int length = numbers(CachedHeads.room(keys, tokens));
            workers.forEach(heads, 1, head -> grow(head, length));
        }
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
     * Adds some of what is new of one head, for which there is room.
     *
     * @param rows {@code [tokens, heads * headDimension]}
     * @param from first of them
     * @param to behind the last one
     * @param place of token 0
     */
    abstract void put(float[] rows, int from, int to, int head, int place);

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

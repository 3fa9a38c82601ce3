package io.agilelens.engine.model;

import java.util.Arrays;

/**
 * Keys (rotated) and values of the tokens seen so far. Each layer caches what it saw, so after a
 * pruned prompt later layers hold fewer tokens. Not safe for several threads.
 */
public final class KeyValueCache {
    private final int width;
    private final float[][] keys;
    private final float[][] values;
    private final int[] lengths;
    private final int[] nextPositions;

    public KeyValueCache(ModelConfig config) {
        width = config.keyValueWidth();
        keys = new float[config.layers()][0];
        values = new float[config.layers()][0];
        lengths = new int[config.layers()];
        nextPositions = new int[config.layers()];
    }

    /** Tokens that a layer holds. */
    public int length(int layer) {
        return lengths[layer];
    }

    /** Position of the next token in a layer. */
    int nextPosition(int layer) {
        return nextPositions[layer];
    }

    /** {@code [length, keyValueWidth]}. */
    float[] keys(int layer) {
        return keys[layer];
    }

    /** {@code [length, keyValueWidth]}. */
    float[] values(int layer) {
        return values[layer];
    }

    void append(int layer, float[] newKeys, float[] newValues, int tokens, int nextPosition) {
        int needed = (lengths[layer] + tokens) * width;
        if (keys[layer].length < needed) {
            int capacity = Math.max(needed, lengths[layer] * width * 3 / 2);
            keys[layer] = Arrays.copyOf(keys[layer], capacity);
            values[layer] = Arrays.copyOf(values[layer], capacity);
        }
        System.arraycopy(newKeys, 0, keys[layer], lengths[layer] * width, tokens * width);
        System.arraycopy(newValues, 0, values[layer], lengths[layer] * width, tokens * width);
        lengths[layer] += tokens;
        nextPositions[layer] = nextPosition;
    }
}

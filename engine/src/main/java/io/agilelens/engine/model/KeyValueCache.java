package io.agilelens.engine.model;

import java.util.Arrays;

/**
 * Keys (rotated, where positions are), values and positions of the tokens seen so far. Each layer
 * caches what it saw, so after a pruned prompt later layers hold fewer tokens. Not safe for several
 * threads.
 */
public final class KeyValueCache {
    private final int width;
    private final float[][] keys;
    private final float[][] values;
    private final int[][] positions;
    private final int[] lengths;
    private final int[] nextPositions;

    public KeyValueCache(ModelConfig config) {
        width = config.keyValueWidth();
        keys = new float[config.layers()][0];
        values = new float[config.layers()][0];
        positions = new int[config.layers()][0];
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

    /** Position of each token that the layer holds, {@code [length]}. */
    int[] positions(int layer) {
        return positions[layer];
    }

    /**
     * @param newPositions of the tokens whose keys and values these are
     * @param nextPosition of the token that will come next
     */
    void append(
            int layer, float[] newKeys, float[] newValues, int[] newPositions, int nextPosition) {
        int length = lengths[layer];
        int tokens = newPositions.length;
        if (positions[layer].length < length + tokens) {
            int capacity = Math.max(length + tokens, length * 3 / 2);
            keys[layer] = Arrays.copyOf(keys[layer], capacity * width);
            values[layer] = Arrays.copyOf(values[layer], capacity * width);
            positions[layer] = Arrays.copyOf(positions[layer], capacity);
        }
        System.arraycopy(newKeys, 0, keys[layer], length * width, tokens * width);
        System.arraycopy(newValues, 0, values[layer], length * width, tokens * width);
        System.arraycopy(newPositions, 0, positions[layer], length, tokens);
        lengths[layer] += tokens;
        nextPositions[layer] = nextPosition;
    }
}

package io.agilelens.engine.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * Keys (rotated, where positions are), values and positions of the tokens seen so far, as floats or
 * in the {@link CacheFormat} of the decoder that made the cache. Each layer caches what it saw, so
 * after a pruned prompt later layers hold fewer tokens. Not safe for several threads.
 */
public final class KeyValueCache {
    private final int width;
    private final int rowBytes;
    private final Rows[] keys;
    private final Rows[] values;
    private final int[][] positions;
    private final int[] lengths;
    private final int[] nextPositions;

    /** One layer's keys or values; tokens are only added. */
    private sealed interface Rows {
        void append(float[] rows, int length, int tokens);

        /** What the first rows stand for; valid until the next call. */
        float[] read(int length);
    }

    KeyValueCache(ModelConfig config, Optional<CacheFormat> format) {
        int layers = config.layers();
        width = config.keyValueWidth();
        rowBytes = format.map(CacheFormat::rowBytes).orElse(width * Float.BYTES);
        keys = rows(layers, format);
        values = rows(layers, format);
        positions = new int[layers][0];
        lengths = new int[layers];
        nextPositions = new int[layers];
    }

    private Rows[] rows(int layers, Optional<CacheFormat> format) {
        // One layer is read at a time, so all share the floats that codes are decoded into.
        float[][] scratch = new float[1][0];
        Rows[] rows = new Rows[layers];
        for (int layer = 0; layer < layers; layer++) {
            rows[layer] = format.isEmpty() ? new FloatRows() : new CodedRows(format.get(), scratch);
        }
        return rows;
    }

    private final class FloatRows implements Rows {
        private float[] floats = new float[0];

        @Override
        public void append(float[] rows, int length, int tokens) {
            if (floats.length < (length + tokens) * width) {
                floats = Arrays.copyOf(floats, capacity(length, tokens) * width);
            }
            System.arraycopy(rows, 0, floats, length * width, tokens * width);
        }

        @Override
        public float[] read(int length) {
            return floats;
        }
    }

    private final class CodedRows implements Rows {
        private final CacheFormat format;
        private final float[][] scratch;
        private byte[] codes = new byte[0];

        CodedRows(CacheFormat format, float[][] scratch) {
            this.format = format;
            this.scratch = scratch;
        }

        @Override
        public void append(float[] rows, int length, int tokens) {
            if (codes.length < (length + tokens) * format.rowBytes()) {
                codes = Arrays.copyOf(codes, capacity(length, tokens) * format.rowBytes());
            }
            format.encode(rows, tokens, codes, length);
        }

        @Override
        public float[] read(int length) {
            if (scratch[0].length < length * width) {
                scratch[0] = new float[capacity(length, 0) * width];
            }
            format.decode(codes, length, scratch[0]);
            return scratch[0];
        }
    }

    private static int capacity(int length, int tokens) {
        return Math.max(length + tokens, length * 3 / 2);
    }

    /** Tokens that a layer holds. */
    public int length(int layer) {
        return lengths[layer];
    }

    /** What all keys and values held take, in bytes, without the room left for later ones. */
    public long bytes() {
        long rows = 0;
        for (int length : lengths) {
            rows += 2L * length;
        }
        return rows * rowBytes;
    }

    /** Position of the next token in a layer. */
    int nextPosition(int layer) {
        return nextPositions[layer];
    }

    /** {@code [length, keyValueWidth]}, valid until keys are read again. */
    float[] keys(int layer) {
        return keys[layer].read(lengths[layer]);
    }

    /** {@code [length, keyValueWidth]}, valid until values are read again. */
    float[] values(int layer) {
        return values[layer].read(lengths[layer]);
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
        keys[layer].append(newKeys, length, tokens);
        values[layer].append(newValues, length, tokens);
        if (positions[layer].length < length + tokens) {
            positions[layer] = Arrays.copyOf(positions[layer], capacity(length, tokens));
        }
        System.arraycopy(newPositions, 0, positions[layer], length, tokens);
        lengths[layer] += tokens;
        nextPositions[layer] = nextPosition;
    }
}

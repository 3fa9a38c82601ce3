package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Workers;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keys (rotated, where positions are), values and positions of the tokens seen so far, as floats or
 * in the {@link CacheFormat} of the decoder that made the cache. Each layer caches what it saw, so
 * after a pruned prompt later layers hold fewer tokens. Not safe for several threads.
 */
public final class KeyValueCache {
    /** Tokens that there is room for behind a prompt, so that the first of them moves nothing. */
    static final int TOKENS_TO_COME = 64;

    /** Numbers to copy that are worth another thread. */
    private static final int NUMBERS_PER_PIECE = 1 << 15;

    private final ModelConfig config;
    private final Optional<CacheFormat> format;
    private final int heads;
    private final int headDimension;
    private final int width;
    private final int rowBytes;
    private final Rows[] keys;
    private final Rows[] values;
    private final int[][] positions;
    private final int[] lengths;
    private final int[] nextPositions;

    /**
     * One layer's keys or values, each head in an array of its own or all in one. The row of a head
     * and a token starts at {@code offset(head) + token * tokenStride} and has as many elements as
     * a head has dimensions.
     *
     * @param arrays one for each head, or a single one
     * @param headStride between heads in a single array
     */
    record HeadRows(float[][] arrays, int headStride, int tokenStride) {

        /** All heads in one array. */
        HeadRows(float[] array, int headStride, int tokenStride) {
            this(new float[][] {array}, headStride, tokenStride);
        }

        float[] floats(int head) {
            return arrays[arrays.length == 1 ? 0 : head];
        }

        int offset(int head) {
            return arrays.length == 1 ? head * headStride : 0;
        }
    }

    /** One layer's keys or values; tokens are only added. */
    private sealed interface Rows {
        void append(float[] rows, int length, int tokens);

        /** What the first rows stand for, {@code [length, keyValueWidth]}. */
        float[] read(int length);

        /** The same as it lies there. */
        HeadRows readHeads(int length);
    }

    KeyValueCache(ModelConfig config, Optional<CacheFormat> format) {
        this.config = config;
        this.format = format;
        int layers = config.layers();
        heads = config.keyValueHeads();
        headDimension = config.headDimension();
        width = config.keyValueWidth();
        rowBytes = format.map(CacheFormat::rowBytes).orElse(width * Float.BYTES);
        keys = rows(layers);
        values = rows(layers);
        positions = new int[layers][0];
        lengths = new int[layers];
        nextPositions = new int[layers];
    }

    private Rows[] rows(int layers) {
        // One layer is read at a time, so all share the floats that rows are put together in.
        float[][] scratch = new float[1][0];
        Rows[] rows = new Rows[layers];
        for (int layer = 0; layer < layers; layer++) {
            rows[layer] =
                    format.isEmpty()
                            ? new FloatRows(scratch)
                            : new CodedRows(format.get(), scratch);
        }
        return rows;
    }

    /**
     * {@code [heads][capacity, headDimension]}: a token that is decoded reads head by head, and
     * memory delivers neighbours fastest. Threads share out the heads of a prompt.
     */
    private final class FloatRows implements Rows {
        private final float[][] scratch;
        private final float[][] floats = new float[heads][0];

        FloatRows(float[][] scratch) {
            this.scratch = scratch;
        }

        @Override
        public void append(float[] rows, int length, int tokens) {
            int numbers = tokens * headDimension;
            if (numbers * heads < 2 * NUMBERS_PER_PIECE) {
                append(rows, length, tokens, 0, heads);
                return;
            }
            Workers.shared()
                    .forRanges(
                            heads,
                            1 + NUMBERS_PER_PIECE / numbers,
                            (from, to) -> append(rows, length, tokens, from, to));
        }

        private void append(float[] rows, int length, int tokens, int fromHead, int toHead) {
            for (int head = fromHead; head < toHead; head++) {
                if (floats[head].length < (length + tokens) * headDimension) {
                    int room = capacity(length, tokens) * headDimension;
                    floats[head] = Arrays.copyOf(floats[head], room);
                }
                for (int t = 0; t < tokens; t++) {
                    System.arraycopy(
                            rows,
                            t * width + head * headDimension,
                            floats[head],
                            (length + t) * headDimension,
                            headDimension);
                }
            }
        }

        @Override
        public float[] read(int length) {
            float[] rows = grown(scratch, length);
            for (int head = 0; head < heads; head++) {
                for (int t = 0; t < length; t++) {
                    System.arraycopy(
                            floats[head],
                            t * headDimension,
                            rows,
                            t * width + head * headDimension,
                            headDimension);
                }
            }
            return rows;
        }

        @Override
        public HeadRows readHeads(int length) {
            return new HeadRows(floats, 0, headDimension);
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
            float[] rows = grown(scratch, length);
            format.decode(codes, length, rows);
            return rows;
        }

        @Override
        public HeadRows readHeads(int length) {
            return new HeadRows(read(length), headDimension, width);
        }
    }

    /** Room for as many rows in what several layers share. */
    private float[] grown(float[][] scratch, int length) {
        if (scratch[0].length < length * width) {
            scratch[0] = new float[capacity(length, 0) * width];
        }
        return scratch[0];
    }

    /** Room for as many tokens and some that come one by one behind them. */
    private static int capacity(int length, int tokens) {
        return Math.max(length + tokens + TOKENS_TO_COME, length * 3 / 2);
    }

    /** Tokens that a layer holds. */
    public int length(int layer) {
        return lengths[layer];
    }

    /**
     * Forgets all tokens but keeps their room.
     *
     * @return false if it does not suit such a decoder; then nothing is forgotten
     */
    boolean empty(ModelConfig config, Optional<CacheFormat> format) {
        if (!config.equals(this.config) || !format.equals(this.format)) {
            return false;
        }
        Arrays.fill(lengths, 0);
        Arrays.fill(nextPositions, 0);
        return true;
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

    /** The keys as they lie in the cache, valid until keys are read again or appended. */
    HeadRows keyHeads(int layer) {
        return keys[layer].readHeads(lengths[layer]);
    }

    /** The values as they lie in the cache, valid until values are read again or appended. */
    HeadRows valueHeads(int layer) {
        return values[layer].readHeads(lengths[layer]);
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

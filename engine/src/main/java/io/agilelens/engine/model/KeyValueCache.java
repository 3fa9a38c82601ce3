package io.agilelens.engine.model;

import io.agilelens.engine.kernel.CachePrecision;
import io.agilelens.engine.kernel.CachedHeads;
import io.agilelens.engine.kernel.CachedKeys;
import io.agilelens.engine.kernel.CachedValues;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedKeys;
import io.agilelens.engine.kernel.PackedValues;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keys (rotated, where positions are), values and positions of the tokens seen so far, as floats or
 * in the {@link CacheFormat} of the decoder that made the cache. Each layer caches what it saw, so
 * after a pruned prompt later layers hold fewer tokens. Not safe for several threads.
 */
public final class KeyValueCache {
    private final ModelConfig config;
    private final Kernels kernels;
    private final Optional<CacheFormat> format;
    private final Layer[] layers;
    private final int[][] positions;
    private final int[] nextPositions;

    /** What rows are put together in; one layer is read at a time, so all share it. */
    private float[] keyRows = {};

    private float[] valueRows = {};

    /** Keys and values of one layer; tokens are only added. */
    private sealed interface Layer {
        SoftmaxTransform softmax();

        /** Tokens that are there. */
        int length();

        void append(float[] keys, float[] values, int tokens);

        PackedKeys keys();

        PackedValues values();

        /** What keys stand for, {@code [length, keyValueWidth]}. */
        void readKeys(float[] rows);

        /** What values stand for, {@code [length, keyValueWidth]}. */
        void readValues(float[] rows);

        void clear();

        /** What one token's keys and values take, in bytes. */
        long bytesPerToken();
    }

    KeyValueCache(ModelConfig config, Kernels kernels, Numerics numerics) {
        this.config = config;
        this.kernels = kernels;
        format = numerics.cacheFormat();
        layers = new Layer[config.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            SoftmaxTransform softmax = numerics.softmax(layer);
            layers[layer] =
                    switch (format.orElse(null)) {
                        case null -> kept(softmax, CachePrecision.SINGLE);
                        case HalfCacheFormat _ -> kept(softmax, CachePrecision.HALF);
                        case CodedCacheFormat coded -> new CodedLayer(softmax, coded);
                    };
        }
        positions = new int[layers.length][0];
        nextPositions = new int[layers.length];
    }

    private Layer kept(SoftmaxTransform softmax, CachePrecision precision) {
        int heads = config.keyValueHeads();
        int dimension = config.headDimension();
        return new KeptLayer(
                softmax,
                kernels.cachedKeys(heads, dimension, precision),
                softmax.room(kernels, heads, dimension, precision));
    }

    /** In numbers that the kernels read as they are. */
    private record KeptLayer(SoftmaxTransform softmax, CachedKeys keys, CachedValues values)
            implements Layer {

        @Override
        public int length() {
            return values.keys();
        }

        @Override
        public void append(float[] newKeys, float[] newValues, int tokens) {
            keys.append(newKeys, tokens);
            values.append(newValues, tokens);
        }

        @Override
        public void readKeys(float[] rows) {
            keys.read(rows);
        }

        @Override
        public void readValues(float[] rows) {
            values.read(rows);
        }

        @Override
        public void clear() {
            keys.clear();
            values.clear();
        }

        @Override
        public long bytesPerToken() {
            return keys.bytesPerToken() + values.bytesPerToken();
        }
    }

    /** In codes, which are decoded whenever they are read. */
    private final class CodedLayer implements Layer {
        private final SoftmaxTransform softmax;
        private final CodedCacheFormat format;
        private byte[] keys = {};
        private byte[] values = {};
        private int length;

        CodedLayer(SoftmaxTransform softmax, CodedCacheFormat format) {
            this.softmax = softmax;
            this.format = format;
        }

        @Override
        public SoftmaxTransform softmax() {
            return softmax;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void append(float[] newKeys, float[] newValues, int tokens) {
            if (keys.length < (length + tokens) * format.rowBytes()) {
                int room = CachedHeads.room(length, tokens) * format.rowBytes();
                keys = Arrays.copyOf(keys, room);
                values = Arrays.copyOf(values, room);
            }
            format.encode(newKeys, tokens, keys, length);
            format.encode(newValues, tokens, values, length);
            length += tokens;
        }

        @Override
        public PackedKeys keys() {
            keyRows = grown(keyRows, length);
            readKeys(keyRows);
            return kernels.packKeys(
                    keyRows, length, config.keyValueHeads(), config.headDimension());
        }

        @Override
        public PackedValues values() {
            valueRows = grown(valueRows, length);
            readValues(valueRows);
            return softmax.pack(
                    kernels, valueRows, length, config.keyValueHeads(), config.headDimension());
        }

        @Override
        public void readKeys(float[] rows) {
            format.decode(keys, length, rows);
        }

        @Override
        public void readValues(float[] rows) {
            format.decode(values, length, rows);
        }

        @Override
        public void clear() {
            length = 0;
        }

        @Override
        public long bytesPerToken() {
            return 2L * format.rowBytes();
        }
    }

    /** Room for as many rows in what all layers share. */
    private float[] grown(float[] rows, int length) {
        int width = config.keyValueWidth();
        return rows.length >= length * width
                ? rows
                : new float[CachedHeads.room(length, 0) * width];
    }

    /** Tokens that a layer holds. */
    public int length(int layer) {
        return layers[layer].length();
    }

    /**
     * Forgets all tokens but keeps their room.
     *
     * @return false if it does not suit such a decoder; then nothing is forgotten
     */
    boolean empty(ModelConfig config, Kernels kernels, Numerics numerics) {
        if (!config.equals(this.config)
                || kernels != this.kernels
                || !numerics.cacheFormat().equals(format)) {
            return false;
        }
        for (int layer = 0; layer < layers.length; layer++) {
            if (!Arrays.equals(
                    valueScales(layers[layer].softmax()), valueScales(numerics.softmax(layer)))) {
                return false;
            }
        }
        for (Layer layer : layers) {
            layer.clear();
        }
        Arrays.fill(nextPositions, 0);
        return true;
    }

    private float[] valueScales(SoftmaxTransform softmax) {
        return softmax.valueScales(config.keyValueHeads(), config.headDimension()).orElse(null);
    }

    /** What all keys and values held take, in bytes, without the room left for later ones. */
    public long bytes() {
        long total = 0;
        for (Layer layer : layers) {
            total += layer.length() * layer.bytesPerToken();
        }
        return total;
    }

    /** Position of the next token in a layer. */
    int nextPosition(int layer) {
        return nextPositions[layer];
    }

    /**
     * What the keys stand for, {@code [length, keyValueWidth]}; valid until keys are read again.
     */
    float[] keyRows(int layer) {
        keyRows = grown(keyRows, length(layer));
        layers[layer].readKeys(keyRows);
        return keyRows;
    }

    /** The same of the values. */
    float[] valueRows(int layer) {
        valueRows = grown(valueRows, length(layer));
        layers[layer].readValues(valueRows);
        return valueRows;
    }

    /** The keys for few queries; valid until keys are read again or appended. */
    PackedKeys keys(int layer) {
        return layers[layer].keys();
    }

    /** The values for few queries; valid until values are read again or appended. */
    PackedValues values(int layer) {
        return layers[layer].values();
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
        int length = length(layer);
        int tokens = newPositions.length;
        layers[layer].append(newKeys, newValues, tokens);
        if (positions[layer].length < length + tokens) {
            positions[layer] = Arrays.copyOf(positions[layer], CachedHeads.room(length, tokens));
        }
        System.arraycopy(newPositions, 0, positions[layer], length, tokens);
        nextPositions[layer] = nextPosition;
    }
}

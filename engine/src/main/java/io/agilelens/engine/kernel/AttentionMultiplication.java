package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Attention of blocks of queries as products of matrices. Keys are packed once a layer so that
 * lanes are keys, values so that lanes are channels; every number is one sum in the order of its
 * terms, so it does not depend on how queries fall into blocks and tiles.
 */
final class AttentionMultiplication {

    private static final int TILE = AttentionProducts.TILE_ROWS;

    private final AttentionProducts products;
    private final RowLoops rows;
    private final Workers workers;
    private final int width;

    AttentionMultiplication(AttentionProducts products, RowLoops rows, Workers workers) {
        this.products = products;
        this.rows = rows;
        this.workers = workers;
        this.width = products.panelWidth();
    }

    /**
     * @param room {@code [heads, panels of keys, headDimension, width]}
     */
    record Keys(AlignedRoom<float[]> room, int keys, int heads, int headDimension)
            implements PackedKeys {
        @Override
        public void giveBack() {
            Scratch.ofThread().giveBackHeads(room);
        }
    }

    /**
     * @param room {@code [heads, panels of channels, keys, width]}
     * @param scales of each head's integers; 1 for floats
     */
    record Values(AlignedRoom<float[]> room, int keys, int heads, int headDimension, float[] scales)
            implements PackedValues {
        @Override
        public void giveBack() {
            Scratch.ofThread().giveBackHeads(room);
        }
    }

    /** As {@link Kernels#packKeys}. */
    Keys packKeys(float[] k, int keys, int heads, int headDimension) {
        int ofHead = Panels.count(keys, width);
        AlignedRoom<float[]> room =
                Scratch.ofThread().heads(Math.multiplyExact(heads * headDimension, ofHead * width));
        float[] panels = room.array();
        workers.forRanges(
                heads * ofHead,
                Workers.grain((long) headDimension * width),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        int first = panel % ofHead * width;
                        int count = Math.min(width, keys - first);
                        int at = room.offset() + panel * headDimension * width;
                        if (count < width) { // products with what lay there before could be slow
                            Arrays.fill(panels, at, at + headDimension * width, 0);
                        }
                        CachedKeyPanels.transpose(
                                k,
                                (first * heads + panel / ofHead) * headDimension,
                                heads * headDimension,
                                count,
                                headDimension,
                                panels,
                                at,
                                width);
                    }
                });
        return new Keys(room, keys, heads, headDimension);
    }

    /**
     * As {@link Kernels#packValues} or {@link Kernels#packIntegerValues}.
     *
     * @param scales of each head's integers, or null for floats
     */
    Values packValues(float[] v, int keys, int heads, int headDimension, float[] scales) {
        int ofHead = Panels.count(headDimension, width);
        AlignedRoom<float[]> room =
                Scratch.ofThread().heads(Math.multiplyExact(heads * ofHead * width, keys));
        float[] panels = room.array();
        float[] factors = new float[heads];
        for (int head = 0; head < heads; head++) {
            factors[head] = scales == null ? 1 : scales[head];
        }
        workers.forRanges(
                heads * ofHead,
                Workers.grain((long) keys * width),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        int head = panel / ofHead;
                        int channel = panel % ofHead * width;
                        int columns = Math.min(width, headDimension - channel);
                        for (int j = 0; j < keys; j++) {
                            int row = (j * heads + head) * headDimension + channel;
                            int at = room.offset() + (panel * keys + j) * width;
                            if (scales == null) {
                                System.arraycopy(v, row, panels, at, columns);
                            } else {
                                rows.rounded(1 / scales[head], v, row, panels, at, columns);
                            }
                            Arrays.fill(panels, at + columns, at + width, 0);
                        }
                    }
                });
        return new Values(room, keys, heads, headDimension, factors);
    }

    /**
     * As {@link Kernels#attentionScores(float[], int, int, int, PackedKeys, int, float, int,
     * float[], int, int)}.
     */
    void scores(
            float[] q,
            int qOffset,
            int qStride,
            int queries,
            Keys keys,
            int head,
            float scale,
            int firstVisible,
            float[] scores,
            int scoresOffset,
            int scoresStride) {
        int dimension = keys.headDimension();
        int visible = Math.min(keys.keys(), firstVisible + queries - 1);
        int distance = dimension * width;
        int ofHead = Panels.count(keys.keys(), width) * distance;
        int panel = keys.room().offset() + head * ofHead;
        int most = products.panelsAtOnce();
        for (int key = 0; key < visible; key += most * width, panel += most * distance) {
            int firstQuery = Math.max(0, key - firstVisible + 1);
            for (int i = firstQuery / TILE * TILE; i < queries; i += TILE) {
                int rowsOfTile = Math.min(TILE, queries - i);
                int seen = Math.min(visible, firstVisible + i + rowsOfTile - 1) - key;
                int panels = seen > width ? most : 1;
                int columns = panels * width;
                boolean whole = visible >= key + columns && firstVisible + i >= key + columns;
                int to = scoresOffset + i * scoresStride + key;
                float[] sums = whole ? scores : Scratch.ofThread().sums(TILE * columns);
                products.multiplyTile(
                        q,
                        qOffset + i * qStride,
                        qStride,
                        rowsOfTile,
                        panels,
                        keys.room().array(),
                        panel,
                        distance,
                        dimension,
                        scale,
                        sums,
                        whole ? to : 0,
                        whole ? scoresStride : columns);
                for (int t = 0; t < rowsOfTile && !whole; t++) {
                    int count = Math.min(Math.min(columns, seen), firstVisible + i + t - key);
                    if (count > 0) {
                        System.arraycopy(sums, t * columns, scores, to + t * scoresStride, count);
                    }
                }
            }
        }
    }

    /**
     * As {@link Kernels#attentionContext(float[], int, int, int, PackedValues, int, int, float[],
     * int, int)}.
     */
    void context(
            float[] p,
            int pOffset,
            int pStride,
            int queries,
            Values values,
            int head,
            int firstVisible,
            float[] context,
            int contextOffset,
            int contextStride) {
        int keys = values.keys();
        int dimension = values.headDimension();
        int distance = keys * width;
        int ofHead = Panels.count(dimension, width) * distance;
        int panel = values.room().offset() + head * ofHead;
        int columns;
        for (int channel = 0; channel < dimension; channel += columns) {
            int panels = channel + width < dimension ? products.panelsAtOnce() : 1;
            columns = panels * width;
            float[] sums = Scratch.ofThread().sums(TILE * columns);
            for (int i = 0; i < queries; i += TILE) {
                int rowsOfTile = Math.min(TILE, queries - i);
                int common = Math.min(keys, firstVisible + i);
                int row = pOffset + i * pStride;
                products.multiplyTile(
                        p,
                        row,
                        pStride,
                        rowsOfTile,
                        panels,
                        values.room().array(),
                        panel,
                        distance,
                        common,
                        1,
                        sums,
                        0,
                        columns);
                for (int t = 0; t < rowsOfTile; t++) {
                    int more = Math.min(keys, firstVisible + i + t) - common;
                    for (int column = 0; column < columns && more > 0; column += width) {
                        products.addRow(
                                p,
                                row + t * pStride + common,
                                values.room().array(),
                                panel + column * keys + common * width,
                                more,
                                sums,
                                t * columns + column);
                    }
                    rows.scaled(
                            values.scales()[head],
                            sums,
                            t * columns,
                            context,
                            contextOffset + (i + t) * contextStride + channel,
                            Math.min(columns, dimension - channel));
                }
            }
            panel += panels * distance;
        }
    }
}

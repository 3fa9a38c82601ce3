package io.agilelens.engine.kernel;

/**
 * Attention scores of several queries of one head, as a product of matrices: the keys are packed
 * like the outputs of a linear layer, so that lanes are keys and every score is one sum over the
 * channels in their order.
 */
final class ScoreMultiplication {

    private final FloatProducts products;
    private final RowLoops rows;
    private final int width;
    private final int tileTokens;

    ScoreMultiplication(FloatProducts products, RowLoops rows) {
        this.products = products;
        this.rows = rows;
        this.width = products.panelOutputs();
        this.tileTokens = products.tileTokens();
    }

    /** As {@link Kernels#attentionScores}. */
    void multiply(
            float[] q,
            int qOffset,
            int qStride,
            int queries,
            float[] k,
            int kOffset,
            int kStride,
            int keys,
            int headDimension,
            float scale,
            int firstVisible,
            float[] scores,
            int scoresOffset,
            int scoresStride) {
        Scratch scratch = Scratch.ofThread();
        int tiles = Panels.tiles(queries, tileTokens);
        float[] tiled = scratch.activations((long) tiles * tileTokens * headDimension);
        for (int tile = 0; tile < tiles; tile++) {
            int first = tile * tileTokens;
            products.packTile(
                    q,
                    qOffset + first * qStride,
                    qStride,
                    Math.min(tileTokens, queries - first),
                    headDimension,
                    tiled,
                    first * headDimension);
        }
        float[] panel = scratch.panel((long) headDimension * width);
        float[] sums = scratch.sums(tileTokens * width);
        int visible = Math.min(keys, firstVisible + queries - 1);
        for (int key = 0; key < visible; key += width) {
            int packed = Math.min(width, visible - key);
            products.packPanel(k, kOffset + key * kStride, kStride, packed, headDimension, panel);
            int firstQuery = Math.max(0, key - firstVisible + 1);
            for (int tile = firstQuery / tileTokens; tile < tiles; tile++) {
                int end = Math.min(queries, (tile + 1) * tileTokens);
                products.multiplyTile(
                        panel,
                        0,
                        tiled,
                        tile * tileTokens * headDimension,
                        end - tile * tileTokens,
                        headDimension,
                        sums,
                        0,
                        width);
                for (int i = tile * tileTokens; i < end; i++) {
                    rows.scaled(
                            scale,
                            sums,
                            (i - tile * tileTokens) * width,
                            scores,
                            scoresOffset + i * scoresStride + key,
                            Math.min(packed, firstVisible + i - key));
                }
            }
        }
    }
}

package io.agilelens.engine.model;

/**
 * Collects token importance from the probability blocks of one layer, before their quantization:
 * quantized probabilities are powers of two and tie so often that the choice among ties would
 * decide the result. Different heads may add at once; each head's sums are kept apart until the
 * end, so the result does not depend on the order of threads.
 */
final class TokenScores {
    private final TokenScore kind;
    private final int tokens;
    private final double[][] sums;

    TokenScores(TokenScore kind, int heads, int tokens) {
        this.kind = kind;
        this.tokens = tokens;
        this.sums = new double[heads][tokens];
    }

    /** Whether blocks of a head are added to each other, so that their order matters. */
    boolean addsUp() {
        return kind == TokenScore.RECEIVED;
    }

    /**
     * @param cached keys that came before this pass
     */
    void add(ProbabilityBlock block, int cached) {
        double[] sum = sums[block.head()];
        float[] p = block.values();
        for (int i = 0; i < block.queries(); i++) {
            int row = i * block.stride();
            switch (kind) {
                case START -> sum[block.firstQuery() + i] = p[row];
                case RECEIVED -> {
                    for (int j = cached; j < block.visible(i); j++) {
                        sum[j - cached] += p[row + j];
                    }
                }
            }
        }
    }

    /** Importance of each token of the pass. */
    float[] sum() {
        float[] total = new float[tokens];
        for (int t = 0; t < tokens; t++) {
            double score = 0;
            for (double[] sum : sums) {
                score += sum[t];
            }
            total[t] =
                    (float)
                            switch (kind) {
                                case START -> score;
                                case RECEIVED -> score / (tokens - t);
                            };
        }
        return total;
    }
}

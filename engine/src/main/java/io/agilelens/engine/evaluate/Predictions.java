package io.agilelens.engine.evaluate;

import io.agilelens.engine.tensor.Matrix;

/** What rows of logits say. */
final class Predictions {

    private Predictions() {}

    /** {@code ln Σ exp}, without overflow. */
    static double logSumExp(Matrix logits, int row) {
        int from = logits.offset(row);
        int to = from + logits.columns();
        float[] data = logits.data();
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, data[i]);
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Math.exp(data[i] - largest);
        }
        return largest + Math.log(sum);
    }

    /** The most likely token, the first of several. */
    static int largest(Matrix logits, int row) {
        int best = 0;
        for (int v = 1; v < logits.columns(); v++) {
            if (logits.get(row, v) > logits.get(row, best)) {
                best = v;
            }
        }
        return best;
    }

    static double probability(Matrix logits, int row, int token) {
        return Math.exp(logits.get(row, token) - logSumExp(logits, row));
    }

    /** Σ p · (ln p − ln q) in nats, p the reference's prediction; never below 0. */
    static double divergence(Matrix reference, Matrix logits, int row, double logitsNormalizer) {
        double normalizer = logSumExp(reference, row);
        double sum = 0;
        for (int v = 0; v < reference.columns(); v++) {
            double logP = reference.get(row, v) - normalizer;
            sum += Math.exp(logP) * (logP - (logits.get(row, v) - logitsNormalizer));
        }
        return Math.max(0, sum);
    }
}

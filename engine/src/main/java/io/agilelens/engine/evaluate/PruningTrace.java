package io.agilelens.engine.evaluate;

import java.util.List;

/**
 * Which tokens left, or were marked, where, and why.
 *
 * @param tokens tokens of the window
 * @param layers decoder layers of the model
 * @param steps one entry for each layer that prunes or marks
 */
public record PruningTrace(int tokens, int layers, List<Step> steps) {

    public PruningTrace {
        steps = List.copyOf(steps);
    }

    /**
     * One layer that prunes or marks. Arrays are {@code [tokens that entered the layer]} and read
     * only.
     *
     * @param positions position in the window of each token that entered
     * @param scores importance of each
     * @param ranks rank of each, 0 for the least important
     * @param removed how many left
     * @param marked how many got a mark here instead; they stay
     * @param threshold the largest score among those that left or got a mark; NaN if none did
     */
    public record Step(
            int layer,
            int[] positions,
            float[] scores,
            int[] ranks,
            int removed,
            int marked,
            float threshold) {}

    /** The layer at which a token left, or −1 if it reached the output. */
    public int layerOfRemoval(int position) {
        for (Step step : steps) {
            for (int i = 0; i < step.positions().length; i++) {
                if (step.positions()[i] == position && step.ranks()[i] < step.removed()) {
                    return step.layer();
                }
            }
        }
        return -1;
    }

    /** Tokens that a layer's MLP processes. */
    public int alive(int layer) {
        int alive = tokens;
        for (Step step : steps) {
            if (step.layer() <= layer) {
                alive -= step.removed();
            }
        }
        return alive;
    }

    /** Sparsity s: the share of token–layer pairs that pruning saved (METHOD §2.4, mean form). */
    public double sparsity() {
        long saved = 0;
        for (int layer = 0; layer < layers; layer++) {
            saved += tokens - alive(layer);
        }
        return (double) saved / ((long) tokens * layers);
    }
}

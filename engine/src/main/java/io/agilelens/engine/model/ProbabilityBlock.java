package io.agilelens.engine.model;

/**
 * Attention probabilities of one head for a run of consecutive queries. Row {@code i} belongs to
 * query {@code firstQuery + i}, starts at {@code i * stride}, and has {@code visible(i)} entries;
 * what follows them has no meaning (those keys lie in the future).
 *
 * @param layer decoder layer, from 0
 * @param head query head, from 0
 * @param firstQuery index of the first query among the queries of this pass
 * @param queries rows in this block
 * @param keys all keys of the layer, cached ones included
 * @param firstVisible keys that the first row sees
 * @param values the probabilities; valid only during the call that hands them out
 */
public record ProbabilityBlock(
        int layer,
        int head,
        int firstQuery,
        int queries,
        int keys,
        int firstVisible,
        float[] values,
        int stride) {

    /** Keys that row {@code i} sees. */
    public int visible(int i) {
        return Math.min(keys, firstVisible + i);
    }
}

package io.agilelens.engine.kernel;

/**
 * The innermost loops of attention of one query over cached keys and values, in floats or in half
 * precision. They do little with each number, so what counts is that memory is read in one go.
 */
interface CacheProducts {

    /** Keys in a panel: two vectors. */
    int panelKeys();

    /**
     * {@code scores[j] = factor · Σ_d q[d] · k_j[d]} for some panels of keys, each {@code
     * [dimension, panelKeys]} and one after the other. The order of a sum is the same for all keys.
     *
     * @param panels how many
     * @param scores a panel's keys are written for each panel
     */
    void scores(
            float[] q,
            int qOffset,
            float[] keys,
            int keysOffset,
            int panels,
            int dimension,
            float factor,
            float[] scores,
            int scoresOffset);

    /** The same with the bits of numbers of half precision. */
    void scores(
            float[] q,
            int qOffset,
            short[] keys,
            int keysOffset,
            int panels,
            int dimension,
            float factor,
            float[] scores,
            int scoresOffset);

    /**
     * {@code sums[d] = factor · Σ_j p[j] · v_j[d]} for {@code j < keys}.
     *
     * @param values {@code [keys, dimension]}
     */
    void context(
            float[] p,
            int pOffset,
            float[] values,
            int keys,
            int dimension,
            float factor,
            float[] sums,
            int sumsOffset);

    /** The same with the bits of numbers of half precision. */
    void context(
            float[] p,
            int pOffset,
            short[] values,
            int keys,
            int dimension,
            float factor,
            float[] sums,
            int sumsOffset);
}

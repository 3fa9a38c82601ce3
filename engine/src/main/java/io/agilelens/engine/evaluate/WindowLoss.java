package io.agilelens.engine.evaluate;

/**
 * Losses of one window, in nats. Position {@code t} predicts token {@code t + 1}; what is not
 * scored is NaN.
 *
 * @param kept loss at each position that reached the output, {@code [tokens]}
 * @param carried loss at every position: one that was pruned is predicted by the nearest earlier
 *     position that reached the output (by a uniform guess if there is none), {@code [tokens]}; the
 *     same array as {@code kept} if nothing was pruned
 * @param divergence Kullback–Leibler divergence of the tuned from the float prediction at each
 *     position that reached the output, in nats; NaN everywhere if not asked for
 * @param agreed whether both predict the same most likely token; all false if not asked for
 */
public record WindowLoss(float[] kept, float[] carried, float[] divergence, boolean[] agreed) {

    /** The same losses where {@code other} has one at a kept position, NaN elsewhere. */
    public WindowLoss atPositionsOf(WindowLoss other) {
        float[] common = kept.clone();
        for (int t = 0; t < common.length; t++) {
            if (Float.isNaN(other.kept[t])) {
                common[t] = Float.NaN;
            }
        }
        return new WindowLoss(common, carried, divergence, agreed);
    }
}

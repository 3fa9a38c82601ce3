package io.agilelens.engine.prune;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Agile-Quant's token pruning (METHOD §2.4): the same share γ of the tokens still alive leaves at
 * each pruned layer, so that after all of them a share β is gone; or each layer has a share of its
 * own.
 *
 * @param beta share of the tokens that is gone at the end, 0 ≤ β &lt; 1
 * @param layers pruned layers, from 0
 * @param marks whether tokens are marked and stay; then each layer marks a share γ of all tokens
 * @param shares by pruned layer, the share that leaves there in place of γ; empty for γ everywhere
 */
public record PruningSchedule(
        double beta,
        SortedSet<Integer> layers,
        TokenScore score,
        boolean keepsPositions,
        boolean marks,
        SortedMap<Integer, Double> shares)
        implements TokenPruner {

    /**
     * @throws UserException if β is outside 0 ≤ β &lt; 1
     */
    public PruningSchedule {
        if (!(beta >= 0) || beta >= 1) {
            throw new UserException(
                    "pruning.beta is %s: it must be at least 0 and below 1".formatted(beta));
        }
        layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
        shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
    }

    /** Tokens leave. */
    public PruningSchedule(
            double beta, SortedSet<Integer> layers, TokenScore score, boolean keepsPositions) {
        this(beta, layers, score, keepsPositions, false, Collections.emptySortedMap());
    }

    /**
     * The share γ = 1 − (1−β)^(1/m) that leaves at each of the m pruned layers; 0 if m is 0. Of
     * uneven shares it is the one that would come to the same β.
     */
    public double gamma() {
        return layers.isEmpty() ? 0 : 1 - Math.pow(1 - beta, 1.0 / layers.size());
    }

    /** The share that leaves at a pruned layer. */
    public double share(int layer) {
        return shares.isEmpty() ? gamma() : shares.get(layer);
    }

    /** Tokens that leave of {@code alive} ones at a pruned layer. */
    public int removals(int layer, int alive) {
        return Math.min(alive - 1, (int) (alive * share(layer)));
    }

    /**
     * Sparsity s: the share of token–layer pairs that pruning saves (METHOD §2.4, mean form).
     *
     * @param tokens of a sequence, at least 1
     * @param layers decoder layers of the model
     */
    public double sparsity(int tokens, int layers) {
        long saved = 0;
        int alive = tokens;
        for (int layer = 0; layer < layers; layer++) {
            if (prunes(layer) && alive > 1) {
                alive -= removals(layer, alive);
            }
            saved += tokens - alive;
        }
        return (double) saved / ((long) tokens * layers);
    }

    @Override
    public boolean prunes(int layer) {
        return beta > 0 && layers.contains(layer);
    }

    /** Keeps all but the lowest scores; of equal scores the earlier token leaves first. */
    @Override
    public int[] survivors(int layer, float[] scores) {
        return TokenRanking.of(scores).survivors(removals(layer, scores.length));
    }
}

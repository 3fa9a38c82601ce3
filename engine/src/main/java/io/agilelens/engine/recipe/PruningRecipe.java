package io.agilelens.engine.recipe;

import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.prune.PruningSchedule;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * @param beta share of tokens gone after the last pruned layer, 0 ≤ β &lt; 1
 * @param layers pruned layers, from 0
 * @param keepsPositions whether survivors keep their original positions
 */
public record PruningRecipe(
        double beta, SortedSet<Integer> layers, TokenScore score, boolean keepsPositions) {

    /** Every token stays. */
    public static final PruningRecipe NONE =
            new PruningRecipe(0, new TreeSet<>(), TokenScore.START, false);

    public PruningRecipe {
        Knobs.BETA.check(beta);
        layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
    }

    /** Whether any token can leave. */
    public boolean isActive() {
        return beta > 0 && !layers.isEmpty();
    }

    public PruningSchedule schedule() {
        return new PruningSchedule(beta, layers, score, keepsPositions);
    }

    public TokenPruner pruner() {
        return isActive() ? schedule() : TokenPruner.NONE;
    }
}

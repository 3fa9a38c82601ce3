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
 * @param action what happens to the least important tokens
 * @param lowerBits of their activations where the action is {@link PruningAction#LOWER_BITS}, 2…8
 */
public record PruningRecipe(
        double beta,
        SortedSet<Integer> layers,
        TokenScore score,
        boolean keepsPositions,
        PruningAction action,
        int lowerBits) {

    /** Every token stays. */
    public static final PruningRecipe NONE =
            new PruningRecipe(0, new TreeSet<>(), TokenScore.START, false);

    public PruningRecipe {
        Knobs.BETA.check(beta);
        Knobs.LOWER_BITS.check(lowerBits);
        layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
    }

    /** Removes tokens. */
    public PruningRecipe(
            double beta, SortedSet<Integer> layers, TokenScore score, boolean keepsPositions) {
        this(beta, layers, score, keepsPositions, PruningAction.REMOVE, 4);
    }

    /** Prunes in the last third of a model's layers, at least in the last one. */
    public static PruningRecipe lastThird(double beta, int layers) {
        SortedSet<Integer> pruned = new TreeSet<>();
        for (int layer = layers - Math.max(1, layers / 3); layer < layers; layer++) {
            pruned.add(layer);
        }
        return new PruningRecipe(beta, pruned, TokenScore.START, false);
    }

    public PruningRecipe withBeta(double changed) {
        return new PruningRecipe(changed, layers, score, keepsPositions, action, lowerBits);
    }

    public PruningRecipe withLayers(SortedSet<Integer> changed) {
        return new PruningRecipe(beta, changed, score, keepsPositions, action, lowerBits);
    }

    public PruningRecipe withScore(TokenScore changed) {
        return new PruningRecipe(beta, layers, changed, keepsPositions, action, lowerBits);
    }

    public PruningRecipe withPositionsKept(boolean changed) {
        return new PruningRecipe(beta, layers, score, changed, action, lowerBits);
    }

    public PruningRecipe withAction(PruningAction changed) {
        return new PruningRecipe(beta, layers, score, keepsPositions, changed, lowerBits);
    }

    public PruningRecipe withLowerBits(int changed) {
        return new PruningRecipe(beta, layers, score, keepsPositions, action, changed);
    }

    /** Whether any token can leave, or get fewer bits. */
    public boolean isActive() {
        return beta > 0 && !layers.isEmpty();
    }

    /** Whether any token can leave. */
    public boolean removes() {
        return isActive() && action == PruningAction.REMOVE;
    }

    public PruningSchedule schedule() {
        return new PruningSchedule(
                beta, layers, score, keepsPositions, action == PruningAction.LOWER_BITS);
    }

    public TokenPruner pruner() {
        return isActive() ? schedule() : TokenPruner.NONE;
    }
}

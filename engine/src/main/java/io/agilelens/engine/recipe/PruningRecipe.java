package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.prune.PruningSchedule;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * @param beta share of tokens gone after the last pruned layer, 0 ≤ β &lt; 1; what uneven shares
 *     come to, to six decimals
 * @param layers pruned layers, from 0
 * @param keepsPositions whether survivors keep their original positions
 * @param action what happens to the least important tokens
 * @param lowerBits of their activations where the action is {@link PruningAction#LOWER_BITS}, 2…8
 * @param shares by pruned layer, the share of the tokens still alive that leaves there; empty for
 *     the same share γ at all of them
 */
public record PruningRecipe(
        double beta,
        SortedSet<Integer> layers,
        TokenScore score,
        boolean keepsPositions,
        PruningAction action,
        int lowerBits,
        SortedMap<Integer, Double> shares) {
    private static final double MILLION = 1e6;

    /** Every token stays. */
    public static final PruningRecipe NONE =
            new PruningRecipe(0, new TreeSet<>(), TokenScore.START, false);

    /**
     * @throws UserException if a value is outside its range, or shares are not of the pruned layers
     */
    public PruningRecipe {
        shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
        if (!shares.isEmpty()) {
            if (!shares.keySet().equals(layers)) {
                throw new UserException(
                        "pruning.shares are of layers %s and pruning.layers are %s: give a share to each pruned layer, or none"
                                .formatted(shares.keySet(), layers));
            }
            shares.forEach(PruningRecipe::requireShare);
            beta = together(shares.values());
        }
        Knobs.BETA.check(beta);
        Knobs.LOWER_BITS.check(lowerBits);
        layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
    }

    private static void requireShare(int layer, double share) {
        if (!(share > 0) || share >= 1) {
            throw new UserException(
                    "pruning.shares gives layer %d the share %s: it must be above 0 and below 1"
                            .formatted(layer, share));
        }
    }

    /** The share that is gone after several shares of those still alive. */
    private static double together(Iterable<Double> shares) {
        double alive = 1;
        for (double share : shares) {
            alive *= 1 - share;
        }
        return Math.rint((1 - alive) * MILLION) / MILLION;
    }

    /** The same share at each pruned layer. */
    public PruningRecipe(
            double beta,
            SortedSet<Integer> layers,
            TokenScore score,
            boolean keepsPositions,
            PruningAction action,
            int lowerBits) {
        this(beta, layers, score, keepsPositions, action, lowerBits, Collections.emptySortedMap());
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

    /** Another β, with the same share at each pruned layer. */
    public PruningRecipe withBeta(double changed) {
        return new PruningRecipe(changed, layers, score, keepsPositions, action, lowerBits);
    }

    /** Other pruned layers, with the same share at each of them. */
    public PruningRecipe withLayers(SortedSet<Integer> changed) {
        return new PruningRecipe(beta, changed, score, keepsPositions, action, lowerBits);
    }

    public PruningRecipe withScore(TokenScore changed) {
        return new PruningRecipe(beta, layers, changed, keepsPositions, action, lowerBits, shares);
    }

    public PruningRecipe withPositionsKept(boolean changed) {
        return new PruningRecipe(beta, layers, score, changed, action, lowerBits, shares);
    }

    public PruningRecipe withAction(PruningAction changed) {
        return new PruningRecipe(beta, layers, score, keepsPositions, changed, lowerBits, shares);
    }

    public PruningRecipe withLowerBits(int changed) {
        return new PruningRecipe(beta, layers, score, keepsPositions, action, changed, shares);
    }

    /** The share of the tokens still alive that leaves at a layer; 0 at one that does not prune. */
    public double share(int layer) {
        return isActive() && layers.contains(layer) ? schedule().share(layer) : 0;
    }

    /**
     * Another share at one layer; all others keep theirs, and β is what comes of it.
     *
     * @param changed 0 for a layer that does not prune any more
     * @throws UserException if more tokens would leave than may
     */
    public PruningRecipe withShare(int layer, double changed) {
        SortedMap<Integer, Double> wanted = new TreeMap<>();
        for (int each : layers) {
            if (share(each) > 0) {
                wanted.put(each, share(each));
            }
        }
        if (changed == 0) {
            wanted.remove(layer);
        } else {
            wanted.put(layer, changed);
        }
        return wanted.isEmpty()
                ? withBeta(0)
                : new PruningRecipe(
                        beta,
                        new TreeSet<>(wanted.keySet()),
                        score,
                        keepsPositions,
                        action,
                        lowerBits,
                        wanted);
    }

    /** Whether layers prune different shares. */
    public boolean isUneven() {
        return !shares.isEmpty();
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
                beta, layers, score, keepsPositions, action == PruningAction.LOWER_BITS, shares);
    }

    public TokenPruner pruner() {
        return isActive() ? schedule() : TokenPruner.NONE;
    }
}

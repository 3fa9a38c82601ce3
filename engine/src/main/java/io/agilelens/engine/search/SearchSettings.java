package io.agilelens.engine.search;

import io.agilelens.engine.recipe.Recipe;
import java.util.List;

/**
 * What a search may do.
 *
 * @param base everything that is not searched: weight method, activations, softmax, pruning
 * @param weightBits that a unit's weights may have, ascending
 * @param groups that they may have
 * @param activationBits that a unit's activations may have where the base quantizes them; only a
 *     latency budget makes fewer bits worth anything, so with others the base's bits stay
 * @param seed of the neighbours tried
 * @param refinements how many neighbours are tried by really evaluating them
 */
public record SearchSettings(
        Recipe base,
        Budget budget,
        List<Integer> weightBits,
        List<Integer> groups,
        List<Integer> activationBits,
        long seed,
        int refinements) {

    public SearchSettings {
        weightBits = List.copyOf(weightBits);
        groups = List.copyOf(groups);
        activationBits = List.copyOf(activationBits);
    }

    /** The usual widths around a base recipe. */
    public static SearchSettings usual(Recipe base, Budget budget, long seed) {
        return new SearchSettings(
                base,
                budget,
                List.of(2, 3, 4, 5, 6, 8),
                List.of(base.weights().group()),
                List.of(4, 8),
                seed,
                40);
    }
}

package io.agilelens.engine.search;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.WeightSize;
import io.agilelens.engine.recipe.Recipe;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A recipe that a search measured.
 *
 * @param name short, unique in the search
 * @param size of the linears' weights
 * @param latency estimated microseconds of the linears' products; empty if not asked for
 * @param quality on the text that was searched on
 * @param heldOut on the text that the search never looked at; empty where it was not measured
 */
public record SearchPoint(
        String name,
        Origin origin,
        Recipe recipe,
        WeightSize size,
        OptionalDouble latency,
        Perplexity quality,
        Optional<Perplexity> heldOut) {

    /** How a search came to a recipe. */
    public enum Origin {
        /** The model as it is. */
        FLOAT,
        /** The same choice everywhere: what the search must beat. */
        UNIFORM,
        /** Put together from measured sensitivities. */
        ALLOCATED,
        /** A better neighbour of such a one, found by trying. */
        REFINED
    }

    /** Mean loss over all positions in nats, on the text searched on. */
    public double nll() {
        return quality.allNll();
    }

    /** Mean Kullback–Leibler divergence from the float model in nats, on the text searched on. */
    public double divergence() {
        return quality.divergence();
    }

    SearchPoint withHeldOut(Perplexity measured) {
        return new SearchPoint(name, origin, recipe, size, latency, quality, Optional.of(measured));
    }
}

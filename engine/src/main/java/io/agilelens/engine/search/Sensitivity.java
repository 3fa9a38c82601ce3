package io.agilelens.engine.search;

/**
 * What a choice for one unit alone does to the model, everything else left float.
 *
 * @param weightDivergence nats of Kullback–Leibler divergence that quantizing the weights adds
 * @param activationDivergence nats that quantizing the activations adds; 0 where they are not in
 *     the search
 */
public record Sensitivity(
        Unit unit, Choice choice, double weightDivergence, double activationDivergence) {

    /** Both together, taken as independent. */
    public double divergence() {
        return weightDivergence + activationDivergence;
    }
}

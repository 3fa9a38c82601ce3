package io.agilelens.engine.model;

/** How important a token is, read off the attention probabilities of a layer. */
public enum TokenScore {
    /** The attention a token pays to the first token, summed over heads (Agile-Quant). */
    START,
    /**
     * The attention a token receives, summed over heads and queries and divided by the number of
     * queries that can see it.
     */
    RECEIVED
}

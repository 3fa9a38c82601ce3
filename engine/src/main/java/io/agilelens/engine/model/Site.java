package io.agilelens.engine.model;

/**
 * The places in a decoder layer where activations can be looked at, quantized and compared. Probes,
 * recipes, statistics, plots and exports all speak in (layer, site).
 */
public enum Site {
    /**
     * What the query, key and value projections read: the normed residual stream or, where norms
     * follow the blocks ({@link Norm.Placement#AFTER}), the residual stream itself.
     */
    ATTN_INPUT,
    /**
     * Query projection with its bias, before any rotary embedding, {@code [tokens, heads *
     * headDimension]}.
     */
    QUERY,
    /**
     * Key projection with its bias, before any rotary embedding, {@code [tokens, keyValueHeads *
     * headDimension]}.
     */
    KEY,
    /** Attention probabilities, per head {@code [queries, keys]}. */
    SOFTMAX,
    /** Value projection, {@code [tokens, keyValueHeads * headDimension]}. */
    VALUE,
    /** What the output projection reads: the heads' contexts side by side. */
    ATTN_OUTPUT,
    /**
     * What the first MLP linears read: the normed residual stream or, where norms follow the
     * blocks, the residual stream itself.
     */
    MLP_INPUT,
    /**
     * What the last MLP linear reads: the product of gate and up, or the activated hidden layer.
     */
    MLP_HIDDEN;

    /** Whether a linear layer reads this site, so that its channels meet weight columns. */
    public boolean isLinearInput() {
        return this == ATTN_INPUT || this == ATTN_OUTPUT || this == MLP_INPUT || this == MLP_HIDDEN;
    }

    /** Whether this is a projection that attention reads head by head. */
    public boolean isPerHead() {
        return this == QUERY || this == KEY || this == VALUE;
    }
}

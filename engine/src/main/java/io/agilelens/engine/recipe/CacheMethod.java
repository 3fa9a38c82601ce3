package io.agilelens.engine.recipe;

/** How keys and values are kept for later tokens. */
public enum CacheMethod {
    NONE,
    /** A scale for each token and head, found when the token is seen. */
    UNIFORM,
    /** In half precision, as most engines keep them; the bits of a code say nothing then. */
    HALF
}

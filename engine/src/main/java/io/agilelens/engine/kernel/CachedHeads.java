package io.agilelens.engine.kernel;

/**
 * A layer's keys or values that come token by token, in the layout that kernels like for one query.
 * Not safe for several threads while tokens are added.
 */
public interface CachedHeads {

    /**
     * Adds tokens behind those that are there.
     *
     * @param rows {@code [tokens, heads * headDimension]}
     */
    void append(float[] rows, int tokens);

    /** Bytes that one token's numbers take. */
    long bytesPerToken();

    /** Forgets all tokens but keeps their room. */
    void clear();

    /**
     * What the numbers kept stand for.
     *
     * @param rows receives {@code [keys, heads * headDimension]}
     */
    void read(float[] rows);
}

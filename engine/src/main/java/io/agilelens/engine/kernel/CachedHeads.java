package io.agilelens.engine.kernel;

/**
 * A layer's keys or values that come token by token, in the layout that kernels like for one query.
 * Not safe for several threads while tokens are added.
 */
public interface CachedHeads {

    /** Tokens that there is room for behind a prompt, so that the first of them moves nothing. */
    int TOKENS_TO_COME = 64;

    /**
     * Tokens to make room for where it does not suffice: half as many again as are there, and some
     * that come one by one.
     *
     * @param length tokens that are there
     * @param tokens that are added
     */
    static int room(int length, int tokens) {
        return Math.max(length + tokens + TOKENS_TO_COME, length * 3 / 2);
    }

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

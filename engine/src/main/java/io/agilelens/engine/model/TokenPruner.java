package io.agilelens.engine.model;

/**
 * Decides which tokens leave the computation, or are marked as unimportant instead. Tokens leave
 * after a layer's attention residual and before its MLP; marks hold from a layer's attention output
 * on. Single-token steps never do either.
 */
public interface TokenPruner {

    /** Keeps every token. */
    TokenPruner NONE =
            new TokenPruner() {
                @Override
                public boolean prunes(int layer) {
                    return false;
                }

                @Override
                public int[] survivors(int layer, float[] scores) {
                    throw new IllegalStateException("nothing is pruned");
                }
            };

    /** Whether tokens may leave, or be marked, at this layer. */
    boolean prunes(int layer);

    /**
     * @param scores importance of each token that entered the layer
     * @return indices of those that stay, ascending, at least one; if this marks, of those that get
     *     no mark
     */
    int[] survivors(int layer, float[] scores);

    /**
     * Whether unimportant tokens are marked and stay. Every layer ranks all tokens, and a mark once
     * given holds in all later layers, as in the published code.
     */
    default boolean marks() {
        return false;
    }

    /**
     * The first layer at which another pruner may do otherwise.
     *
     * @param layers of the model
     * @return {@code layers} if it does the same at all
     */
    default int firstDifference(TokenPruner other, int layers) {
        int layer = equals(other) ? layers : 0;
        while (layer < layers && !prunes(layer) && !other.prunes(layer)) {
            layer++;
        }
        return layer;
    }

    /** What the scores are. */
    default TokenScore score() {
        return TokenScore.START;
    }

    /**
     * Whether survivors keep their original positions; otherwise they are numbered from 0 again
     * before the next layer, as the published code does. Rotary angles and ALiBi's distances follow
     * the numbers; learned positions are added at the input, before any token leaves, and are the
     * same either way. A token that follows on a cache goes by its number in each layer where
     * survivors were numbered anew, by the number of tokens seen where they were not.
     */
    default boolean keepsPositions() {
        return false;
    }
}

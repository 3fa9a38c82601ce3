package io.agilelens.engine.prune;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Tokens from the least important to the most; of equal scores the earlier token comes first.
 *
 * @param order token indices, least important first; read only
 */
public record TokenRanking(int[] order) {

    /**
     * @param scores importance of each token
     */
    public static TokenRanking of(float[] scores) {
        long[] keys = new long[scores.length];
        for (int t = 0; t < scores.length; t++) {
            keys[t] = (long) inOrder(scores[t]) << Integer.SIZE | t;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = (int) keys[i];
        }
        return new TokenRanking(order);
    }

    /** An integer that compares with others as {@link Float#compare} compares their numbers. */
    private static int inOrder(float score) {
        int bits = Float.floatToIntBits(score);
        return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
    }

    /** What stays when the {@code removed} least important tokens leave, ascending. */
    public int[] survivors(int removed) {
        return IntStream.of(order).skip(removed).sorted().toArray();
    }

    /** The rank of each token, 0 for the least important. */
    public int[] ranks() {
        int[] ranks = new int[order.length];
        for (int rank = 0; rank < order.length; rank++) {
            ranks[order[rank]] = rank;
        }
        return ranks;
    }
}

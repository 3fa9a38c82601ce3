package io.agilelens.engine.prune;

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
        return new TokenRanking(
                IntStream.range(0, scores.length)
                        .boxed()
                        .sorted(
                                (a, b) -> {
                                    int byScore = Float.compare(scores[a], scores[b]);
                                    return byScore != 0 ? byScore : Integer.compare(a, b);
                                })
                        .mapToInt(Integer::intValue)
                        .toArray());
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

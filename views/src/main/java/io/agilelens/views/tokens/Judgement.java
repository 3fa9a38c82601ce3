package io.agilelens.views.tokens;

/**
 * What a pruned layer decided about one token.
 *
 * @param layer the decoder layer
 * @param entered tokens that entered it
 * @param removed how many of them left
 * @param marked how many of them got fewer bits instead
 * @param score importance of the token, from attention probabilities summed over heads
 * @param rank 0 for the least important of those that entered
 * @param threshold the largest score among those that left or got fewer bits; NaN if none did
 */
public record Judgement(
        int layer, int entered, int removed, int marked, float score, int rank, float threshold) {

    /** Whether the token left here. */
    public boolean left() {
        return rank < removed;
    }

    /** Whether the token was among those that got fewer bits here. */
    public boolean gotFewerBits() {
        return rank < marked;
    }
}

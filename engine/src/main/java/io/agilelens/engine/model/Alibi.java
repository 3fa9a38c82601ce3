package io.agilelens.engine.model;

/**
 * Attention with linear biases (Press et al. 2022; BLOOM): a score falls with the distance of the
 * key from the query, by a slope that each head has of its own.
 */
public record Alibi() implements PositionEncoding {
    private static final double STEEPEST_EXPONENT = 8;

    /**
     * The slope of each head, positive. Of {@code c} heads, {@code c} being a power of two, head
     * {@code h} has {@code 2^(−8(h+1)/c)}; heads beyond the largest power of two take every other
     * slope of the series for twice as many.
     */
    static float[] slopes(int heads) {
        int c = Integer.highestOneBit(heads);
        float[] slopes = new float[heads];
        for (int h = 0; h < heads; h++) {
            double exponent = h < c ? (h + 1.0) / c : (2 * (h - c) + 1) / (2.0 * c);
            slopes[h] = (float) Math.pow(2, -STEEPEST_EXPONENT * exponent);
        }
        return slopes;
    }
}

package io.agilelens.engine.evaluate;

/**
 * What one attention head does over some windows.
 *
 * @param startAttention mean probability that a query pays to the first key; the very first query,
 *     which can do nothing else, is left out
 * @param entropy mean entropy of the rows in bits
 * @param ladder probability mass whose Log2 exponent {@code round(−log2 p)} is 0, 1, 2, …; the last
 *     entry holds all that is beyond; the sum is 1
 */
public record HeadStatistics(
        int layer, int head, double startAttention, double entropy, double[] ladder) {

    /** Exponents kept apart in {@link #ladder}. */
    public static final int LADDER = 32;

    public HeadStatistics {
        ladder = ladder.clone();
    }

    @Override
    public double[] ladder() {
        return ladder.clone();
    }

    /** Share of the mass that a Log2 quantizer of so many bits turns into 0. */
    public double lostMass(int bits) {
        double lost = 0;
        for (int exponent = Math.min(LADDER - 1, 1 << bits); exponent < LADDER; exponent++) {
            lost += ladder[exponent];
        }
        return lost;
    }
}

package io.agilelens.views.quality;

/** Smoothed losses along a window. */
final class LossCurve {
    /** Tokens to either side that a smoothed value is the mean of. */
    static final int REACH = 8;

    private LossCurve() {}

    /**
     * Losses by the token that is predicted: position t predicts token t + 1, and nothing predicts
     * the first.
     */
    static float[] byPredictedToken(float[] byPosition) {
        float[] byToken = new float[byPosition.length];
        byToken[0] = Float.NaN;
        System.arraycopy(byPosition, 0, byToken, 1, byPosition.length - 1);
        return byToken;
    }

    /**
     * The mean of the known losses from {@link #REACH} tokens before to as many after.
     *
     * @param losses {@code [tokens]}, NaN where there is none
     * @return {@code [tokens]}, NaN where nothing is known near
     */
    static double[] smooth(float[] losses) {
        double[] sums = new double[losses.length + 1];
        int[] counts = new int[losses.length + 1];
        for (int t = 0; t < losses.length; t++) {
            boolean known = !Float.isNaN(losses[t]);
            sums[t + 1] = sums[t] + (known ? losses[t] : 0);
            counts[t + 1] = counts[t] + (known ? 1 : 0);
        }
        double[] smooth = new double[losses.length];
        for (int t = 0; t < losses.length; t++) {
            int from = Math.max(0, t - REACH);
            int to = Math.min(losses.length, t + REACH + 1);
            smooth[t] = (sums[to] - sums[from]) / (counts[to] - counts[from]);
        }
        return smooth;
    }
}

package io.agilelens.engine.evaluate;

import java.util.Arrays;
import java.util.Optional;

/** Adds up divergences of windows. Not safe for threads. */
final class DivergenceTally {
    private final MeanEstimate mean = new MeanEstimate();
    private float[] ascending = {};
    private long agreed;
    private float largest = Float.NEGATIVE_INFINITY;
    private int largestWindow = -1;
    private int largestPosition = -1;

    void add(int window, WindowLoss loss) {
        float[] known = new float[loss.divergence().length];
        int count = 0;
        for (int t = 0; t < loss.divergence().length; t++) {
            float divergence = loss.divergence()[t];
            if (Float.isNaN(divergence)) {
                continue;
            }
            known[count++] = divergence;
            mean.add(divergence);
            agreed += loss.agreed()[t] ? 1 : 0;
            if (divergence > largest) {
                largest = divergence;
                largestWindow = window;
                largestPosition = t;
            }
        }
        Arrays.sort(known, 0, count);
        ascending = merge(ascending, known, count);
    }

    private static float[] merge(float[] left, float[] right, int count) {
        float[] merged = new float[left.length + count];
        int l = 0;
        int r = 0;
        for (int i = 0; i < merged.length; i++) {
            boolean takesLeft = r == count || l < left.length && left[l] <= right[r];
            merged[i] = takesLeft ? left[l++] : right[r++];
        }
        return merged;
    }

    /** Empty while nothing was compared. */
    Optional<Divergence> result() {
        if (mean.count() == 0) {
            return Optional.empty();
        }
        double agreement = (double) agreed / mean.count();
        return Optional.of(
                new Divergence(
                        mean.count(),
                        mean.mean(),
                        mean.standardError(),
                        quantile(0.5),
                        quantile(0.9),
                        quantile(0.99),
                        largest,
                        largestWindow,
                        largestPosition,
                        agreement,
                        Math.sqrt(agreement * (1 - agreement) / mean.count())));
    }

    private double quantile(double share) {
        int rank = (int) Math.ceil(share * ascending.length);
        return ascending[Math.max(rank, 1) - 1];
    }
}

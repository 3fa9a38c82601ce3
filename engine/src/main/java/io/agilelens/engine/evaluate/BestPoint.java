package io.agilelens.engine.evaluate;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Which point of a {@link PruningCurve} to use: the largest sparsity before the loss bends upwards.
 *
 * @param index of the point
 * @param rule by which it was chosen
 */
public record BestPoint(int index, Rule rule) {
    /** How much of the whole rise the curve must hang below its chord to have a knee. */
    private static final double LEAST_BEND = 0.1;

    /** How much worse than without pruning the perplexity may be where there is no knee. */
    private static final double TOLERANCE = 0.01;

    /** How a point was chosen. */
    public enum Rule {
        /**
         * The added loss, drawn over sparsity, hangs farthest below the straight line from the
         * first point to the last: before it more sparsity is cheaper than on average, behind it
         * dearer. It counts as a knee where it hangs at least a tenth of the whole rise below, and
         * if the perplexity rises by more than 1 % in the end.
         */
        KNEE(
                "the point where the added loss hangs farthest below the straight line from the"
                        + " first to the last point, at least a tenth of the whole rise"),
        /**
         * The curve has no knee; the largest sparsity up to which the added loss stays within 1 %
         * of perplexity of that without pruning.
         */
        TOLERANCE(
                "the curve has no knee: the largest sparsity up to which the perplexity stays"
                        + " within 1 % of that without pruning");

        private final String description;

        Rule(String description) {
            this.description = description;
        }

        /** The rule in words. */
        public String description() {
            return description;
        }
    }

    /**
     * @param points by rising β, the first without pruning
     * @param addedLoss of a point beside the float model on the same positions, in nats
     */
    static BestPoint of(
            List<PruningCurve.Point> points, ToDoubleFunction<FloatComparison> addedLoss) {
        return of(
                points.stream().mapToDouble(PruningCurve.Point::sparsity).toArray(),
                points.stream()
                        .mapToDouble(point -> addedLoss.applyAsDouble(point.result()))
                        .toArray());
    }

    /**
     * @param sparsity rising, {@code [points]}
     * @param loss in nats, {@code [points]}
     */
    static BestPoint of(double[] sparsity, double[] loss) {
        int last = loss.length - 1;
        double rise = loss[last] - loss[0];
        double width = sparsity[last] - sparsity[0];
        int knee = 0;
        double deepest = 0;
        boolean rises = rise > Math.log1p(TOLERANCE);
        for (int i = 1; i < last && rises; i++) {
            double chord = loss[0] + rise * (sparsity[i] - sparsity[0]) / width;
            double depth = (chord - loss[i]) / rise;
            if (depth > deepest) {
                deepest = depth;
                knee = i;
            }
        }
        if (deepest >= LEAST_BEND) {
            return new BestPoint(knee, Rule.KNEE);
        }
        int within = 0;
        while (within < last && loss[within + 1] - loss[0] <= Math.log1p(TOLERANCE)) {
            within++;
        }
        return new BestPoint(within, Rule.TOLERANCE);
    }
}

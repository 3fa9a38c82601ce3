package io.agilelens.engine.evaluate;

/**
 * A tuned model beside the float model on the same predictions of the same windows. Changes are
 * means of paired differences, tuned minus float, position by position; their standard errors come
 * from the spread of those differences, positions taken as independent.
 *
 * @param windows windows that were compared
 * @param positions predictions that were scored, pruned positions included
 * @param coverage share of them at positions that reached the output of the tuned model
 * @param floatNll the float model's mean loss over all positions, in nats
 * @param nll the tuned model's, a pruned position predicted by the nearest earlier survivor
 * @param change {@code nll − floatNll}
 * @param changeError standard error of {@code change}
 * @param keptNll the tuned model's mean loss over kept positions, in nats
 * @param keptChange mean difference over kept positions; {@code change} if nothing was pruned
 * @param keptChangeError standard error of {@code keptChange}
 * @param divergence of the predictions at kept positions
 */
public record FloatComparison(
        int windows,
        long positions,
        double coverage,
        double floatNll,
        double nll,
        double change,
        double changeError,
        double keptNll,
        double keptChange,
        double keptChangeError,
        Divergence divergence) {

    /** Relative change of the perplexity over all positions: 0.05 for 5 % worse. */
    public double perplexityChange() {
        return Math.expm1(change);
    }

    /** Adds up windows of two models. Not safe for threads. */
    static final class Tally {
        private final MeanEstimate floats = new MeanEstimate();
        private final MeanEstimate tuned = new MeanEstimate();
        private final MeanEstimate kept = new MeanEstimate();
        private final MeanEstimate change = new MeanEstimate();
        private final MeanEstimate keptChange = new MeanEstimate();
        private final DivergenceTally divergence = new DivergenceTally();
        private int windows;

        /**
         * @param expected the float model's losses
         * @param loss the tuned model's losses of the same window, with divergences
         */
        void add(WindowLoss expected, WindowLoss loss) {
            for (int t = 0; t < loss.carried().length; t++) {
                double reference = expected.kept()[t];
                if (Double.isNaN(reference)) {
                    continue;
                }
                floats.add(reference);
                tuned.add(loss.carried()[t]);
                change.add(loss.carried()[t] - reference);
                if (!Float.isNaN(loss.kept()[t])) {
                    kept.add(loss.kept()[t]);
                    keptChange.add(loss.kept()[t] - reference);
                }
            }
            divergence.add(windows++, loss);
        }

        FloatComparison result() {
            return new FloatComparison(
                    windows,
                    floats.count(),
                    (double) kept.count() / floats.count(),
                    floats.mean(),
                    tuned.mean(),
                    change.mean(),
                    change.standardError(),
                    kept.mean(),
                    keptChange.mean(),
                    keptChange.standardError(),
                    divergence.result().orElse(Divergence.NONE));
        }
    }
}

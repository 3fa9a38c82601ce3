package io.agilelens.views.compare;

import io.agilelens.views.workbench.PinnedRun;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The runs that no other run beats in both quality and what they cost (the Pareto frontier). */
final class Frontier {
    private Frontier() {}

    /** The perplexity that runs with different pruning can be compared by. */
    static double quality(PinnedRun run) {
        return run.tuned().allPositions();
    }

    /**
     * @param runs of the same model and text
     * @param cost what a run is to have little of besides perplexity; those without are left out
     * @return those on the frontier, in their order
     */
    static List<PinnedRun> of(List<PinnedRun> runs, ToDoubleFunction<PinnedRun> cost) {
        List<PinnedRun> known =
                runs.stream().filter(run -> !Double.isNaN(cost.applyAsDouble(run))).toList();
        return known.stream()
                .filter(run -> known.stream().noneMatch(other -> beats(other, run, cost)))
                .toList();
    }

    /** No worse in either and better in one. */
    private static boolean beats(PinnedRun one, PinnedRun other, ToDoubleFunction<PinnedRun> cost) {
        double ownCost = cost.applyAsDouble(one);
        double otherCost = cost.applyAsDouble(other);
        return ownCost <= otherCost
                && quality(one) <= quality(other)
                && (ownCost < otherCost || quality(one) < quality(other));
    }
}

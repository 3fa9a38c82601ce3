package io.agilelens.views.compare;

import io.agilelens.views.workbench.PinnedRun;
import java.util.List;

/** The runs that no other run beats in both size and quality (the Pareto frontier). */
final class Frontier {
    private Frontier() {}

    /** The perplexity that runs with different pruning can be compared by. */
    static double quality(PinnedRun run) {
        return run.tuned().allPositions();
    }

    /**
     * @param runs of the same model and text
     * @return those on the frontier, in their order
     */
    static List<PinnedRun> of(List<PinnedRun> runs) {
        return runs.stream()
                .filter(run -> runs.stream().noneMatch(other -> beats(other, run)))
                .toList();
    }

    /** No worse in either and better in one. */
    private static boolean beats(PinnedRun one, PinnedRun other) {
        return one.weightBytes() <= other.weightBytes()
                && quality(one) <= quality(other)
                && (one.weightBytes() < other.weightBytes() || quality(one) < quality(other));
    }
}

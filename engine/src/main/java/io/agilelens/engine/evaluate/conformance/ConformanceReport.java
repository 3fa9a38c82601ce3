package io.agilelens.engine.evaluate.conformance;

import java.util.List;

/**
 * All cases of a kit.
 *
 * @param results in the order in which they ran
 */
public record ConformanceReport(List<CaseResult> results) {

    public ConformanceReport {
        results = List.copyOf(results);
    }

    /** Number of cases that ended so. */
    public long count(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).count();
    }

    /**
     * Whether something was checked and nothing failed.
     *
     * @param strict whether an unsupported case counts as failed
     */
    public boolean conforms(boolean strict) {
        return count(Outcome.PASS) > 0
                && count(Outcome.FAIL) == 0
                && !(strict && count(Outcome.UNSUPPORTED) > 0);
    }
}

package io.agilelens.app.conformance;

import java.util.Comparator;
import java.util.List;

/**
 * How a reference case went.
 *
 * @param name where it stands in the kit
 * @param outcome what came of it
 * @param checks what was compared; empty if nothing could be
 * @param note why it failed without a comparison or is unsupported; empty otherwise
 */
public record CaseResult(String name, Outcome outcome, List<Check> checks, String note) {

    /** What came of a case. */
    public enum Outcome {
        PASS("pass"),
        FAIL("FAIL"),
        UNSUPPORTED("unsupported");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }

        /** The first word of its line. */
        public String word() {
            return word;
        }
    }

    public CaseResult {
        checks = List.copyOf(checks);
    }

    /** Passes if there are checks and all do. */
    static CaseResult of(String name, List<Check> checks) {
        if (checks.isEmpty()) {
            return broken(name, "the case has nothing to compare");
        }
        boolean passes = checks.stream().allMatch(Check::passes);
        return new CaseResult(name, passes ? Outcome.PASS : Outcome.FAIL, checks, "");
    }

    static CaseResult broken(String name, String reason) {
        return new CaseResult(name, Outcome.FAIL, List.of(), reason);
    }

    static CaseResult unsupported(String name, String reason) {
        return new CaseResult(name, Outcome.UNSUPPORTED, List.of(), reason);
    }

    /** The line for it: outcome, name, and the check that came closest to its tolerance. */
    public String line() {
        if (checks.isEmpty()) {
            return "%-11s  %s  %s".formatted(outcome.word(), name, note);
        }
        Check worst = worst();
        return "%-11s  %s  %.3g  %.3g  (%s, the worst of %d checks)"
                .formatted(
                        outcome.word(),
                        name,
                        worst.error(),
                        worst.tolerance(),
                        worst.what(),
                        checks.size());
    }

    /** The check that came closest to its tolerance or went furthest beyond it. */
    public Check worst() {
        return checks.stream().max(Comparator.comparingDouble(Check::severity)).orElseThrow();
    }
}

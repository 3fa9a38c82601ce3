package io.agilelens.engine.evaluate.conformance;

/**
 * One checked thing of a reference kit.
 *
 * @param name folder in the kit and what was checked, such as {@code "goldens/tiny logits_s0"}
 * @param error how far off the computed values are, in the measure of {@code tolerance}; NaN if
 *     nothing could be measured
 * @param tolerance largest error that passes; 0 where values must be identical, the error then
 *     being the number of those that are not
 * @param note one line that explains a failure or an unsupported case; may be empty
 */
public record CaseResult(
        String name, Outcome outcome, double error, double tolerance, String note) {}

package io.agilelens.app.conformance;

/**
 * One comparison with the reference.
 *
 * @param what was compared
 * @param error how far off; NaN if it could not be told
 * @param tolerance how far off it may be; 0 asks for equality
 */
public record Check(String what, double error, double tolerance) {

    /** Whether the error is within the tolerance; NaN is not. */
    public boolean passes() {
        return error <= tolerance;
    }

    /** How close to the limit this came, to find the worst of several. */
    double severity() {
        if (error == 0) {
            return 0;
        }
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error / tolerance;
    }

    /** The largest distance of two arrays, NaN if their lengths differ or a value is NaN. */
    static Check largestDistance(String what, float[] expected, float[] actual, double tolerance) {
        if (expected.length != actual.length) {
            return new Check(what, Double.NaN, tolerance);
        }
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            // Math.max keeps a NaN.
            largest = Math.max(largest, Math.abs((double) expected[i] - actual[i]));
        }
        return new Check(what, largest, tolerance);
    }

    /** The number of places at which two arrays differ; a missing place differs too. */
    static Check differences(String what, int[] expected, int[] actual) {
        int common = Math.min(expected.length, actual.length);
        int differing = Math.max(expected.length, actual.length) - common;
        for (int i = 0; i < common; i++) {
            if (expected[i] != actual[i]) {
                differing++;
            }
        }
        return new Check(what, differing, 0);
    }

    static Check relative(String what, double expected, double actual, double tolerance) {
        return new Check(what, Math.abs(actual - expected) / Math.abs(expected), tolerance);
    }
}

package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;

/**
 * What a check found.
 *
 * @param error how far off; anything that is not at most {@code tolerance}, NaN included, fails
 * @param note one line, may be empty
 */
record Measurement(double error, double tolerance, String note) {

    boolean passes() {
        return error <= tolerance;
    }

    /** The same with another note. */
    Measurement withNote(String other) {
        return new Measurement(error, tolerance, other);
    }

    /** The largest absolute difference. */
    static Measurement absolute(float[] expected, float[] actual, double tolerance) {
        requireLength(expected.length, actual.length);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = worse(largest, Math.abs((double) expected[i] - actual[i]));
        }
        return new Measurement(largest, tolerance, "");
    }

    static Measurement absolute(double expected, double actual, double tolerance) {
        return new Measurement(Math.abs(expected - actual), tolerance, "");
    }

    /** The largest difference relative to the expected value. */
    static Measurement relative(float[] expected, float[] actual, double tolerance) {
        requireLength(expected.length, actual.length);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = worse(largest, relativeError(expected[i], actual[i]));
        }
        return new Measurement(largest, tolerance, "");
    }

    static Measurement relative(double expected, double actual, double tolerance) {
        return new Measurement(relativeError(expected, actual), tolerance, "");
    }

    /** The number of integers that differ, of which there must be none. */
    static Measurement exact(int[] expected, int[] actual) {
        int differing = Math.abs(expected.length - actual.length);
        String note =
                differing == 0
                        ? ""
                        : "there are %d values instead of %d"
                                .formatted(actual.length, expected.length);
        for (int i = 0; i < Math.min(expected.length, actual.length); i++) {
            if (expected[i] != actual[i]) {
                if (note.isEmpty()) {
                    note = "at %d: %d instead of %d".formatted(i, actual[i], expected[i]);
                }
                differing++;
            }
        }
        return new Measurement(differing, 0, note);
    }

    static Measurement exact(long expected, long actual) {
        return new Measurement(
                expected == actual ? 0 : Math.abs((double) expected - actual),
                0,
                expected == actual ? "" : actual + " instead of " + expected);
    }

    /** {@code |expected − actual| / |expected|}; equal values have none, 0 included. */
    static double relativeError(double expected, double actual) {
        return expected == actual ? 0 : Math.abs(expected - actual) / Math.abs(expected);
    }

    /** The larger of two errors, NaN being the largest of all. */
    static double worse(double a, double b) {
        return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : Math.max(a, b);
    }

    static void requireLength(int expected, int actual) {
        if (expected != actual) {
            throw new UserException(
                    "there are %d values where the kit has %d".formatted(actual, expected));
        }
    }
}

package io.agilelens.engine.evaluate.conformance;

/** Compares codes and what they stand for, where a code at a rounding tie may be the neighbour. */
final class CodeComparison {

    private CodeComparison() {}

    /**
     * @param share largest share of codes that may be off by one
     */
    static Measurement codes(int[] expected, int[] actual, double share) {
        Measurement.requireLength(expected.length, actual.length);
        int neighbours = 0;
        for (int i = 0; i < expected.length; i++) {
            int distance = Math.abs(expected[i] - actual[i]);
            if (distance > 1) {
                return new Measurement(
                        distance,
                        share,
                        "at %d: code %d instead of %d".formatted(i, actual[i], expected[i]));
            }
            neighbours += distance;
        }
        return new Measurement(
                (double) neighbours / Math.max(1, expected.length),
                share,
                neighbours == 0 ? "" : neighbours + " codes off by one");
    }

    /**
     * The largest relative error of the dequantized values whose codes agree; the others may be one
     * step off.
     *
     * @param steps distance of neighbouring levels for each value
     */
    static Measurement values(
            float[] expected,
            float[] actual,
            int[] expectedCodes,
            int[] actualCodes,
            float[] steps,
            double tolerance) {
        Measurement.requireLength(expected.length, actual.length);
        Measurement.requireLength(expected.length, expectedCodes.length);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double error =
                    expectedCodes[i] == actualCodes[i]
                            ? Measurement.relativeError(expected[i], actual[i])
                            : beyondOneStep(expected[i], actual[i], steps[i]);
            largest = Measurement.worse(largest, error);
        }
        return new Measurement(largest, tolerance, "");
    }

    private static double beyondOneStep(double expected, double actual, double step) {
        return Math.max(0, Math.abs(expected - actual) / step - 1);
    }

    /** Mean squared difference. */
    static double meanSquaredError(float[] x, float[] quantized) {
        Measurement.requireLength(x.length, quantized.length);
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            double error = (double) x[i] - quantized[i];
            sum += error * error;
        }
        return sum / x.length;
    }
}

package io.agilelens.engine.kernel;

/**
 * Loops over rows of floats; arrays are read and written from their offsets. Every sum has a fixed
 * order.
 */
interface RowLoops {

    /** {@code y = round(factor · x)}, half to even; the results are below 2^22. */
    void rounded(float factor, float[] x, int xOffset, float[] y, int yOffset, int length);

    /** As {@link Kernels#roundToPowersOfTwo}. */
    void roundToPowersOfTwo(float[] x, int offset, int length, int largest);

    /** As {@link Kernels#roundToSteps}; {@code steps · x} is below 2^22. */
    void roundToSteps(float[] x, int offset, int length, int steps);

    /** As {@link Kernels#encode}. */
    void encode(
            float[] x,
            int offset,
            int length,
            float[] steps,
            int zero,
            int low,
            int high,
            int middle,
            byte[] codes,
            int codesOffset);

    /** As {@link Kernels#quantize}. */
    void quantize(
            float[] x,
            int offset,
            int length,
            float[] steps,
            float[] zeros,
            int low,
            int high,
            float[] y);

    /** As {@link Kernels#extremes}. */
    void extremes(float[] x, int offset, int length, float[] factors, float[] extremes);

    /** {@code y = scale · (y − zero · sums) + bias}; bias may be null. */
    void rescale(
            float[] y, int offset, int length, float scale, float zero, float[] sums, float[] bias);

    /** {@code x[offset + j] += factor · (positions[j] − position)} for {@code j < length}. */
    void addDistances(
            float[] x, int offset, int length, int[] positions, int position, float factor);

    float largest(float[] x, int offset, int length);

    /**
     * {@code x = e^(x − subtracted)} in place; no x is above {@code subtracted}. The relative error
     * is below 2·10^-7 where the result is a normal number.
     *
     * @return the sum of the results
     */
    float exponentials(float[] x, int offset, int length, float subtracted);

    float sum(float[] x, int offset, int length);

    /** {@code Σ (x − mean)²}. */
    float squares(float[] x, int offset, int length, float mean);

    /** {@code y = weight · ((x − mean) · factor)} at equal offsets of x and y. */
    void normalize(
            float[] x, int offset, int length, float mean, float factor, float[] weight, float[] y);

    /** {@code x *= factor}. */
    void scale(float factor, float[] x, int offset, int length);

    /** {@code y = factor · x}; nothing is done where the length is not positive. */
    void scaled(float factor, float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code (a, b) = (a · cos − b · sin, b · cos + a · sin)}, a and b starting in x. */
    void rotate(float[] x, int a, int b, float[] cosines, float[] sines, int angles, int length);

    /** {@code gate = silu(gate) · up} for {@code from ≤ i < to}. */
    void siluMultiply(float[] gate, float[] up, int from, int to);

    /** GELU, tanh form, in place for {@code from ≤ i < to}. */
    void geluTanh(float[] x, int from, int to);

    /** {@code x = max(x, 0)} for {@code from ≤ i < to}. */
    void relu(float[] x, int from, int to);

    /** {@code x += y}. */
    void add(float[] x, int xOffset, float[] y, int yOffset, int length);
}

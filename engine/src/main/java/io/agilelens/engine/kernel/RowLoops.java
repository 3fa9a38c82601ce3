package io.agilelens.engine.kernel;

/**
 * Loops over rows of floats; arrays are read and written from their offsets. Every sum has a fixed
 * order.
 */
interface RowLoops {

    /** {@code scores[j] = scale · (q · k_j)} for {@code j < keys}, {@code k_j} being strided. */
    void scaledDots(
            float[] q,
            int qOffset,
            float[] k,
            int kOffset,
            int kStride,
            int keys,
            int length,
            float scale,
            float[] scores,
            int scoresOffset);

    /** {@code sums = Σ_j factors[j] · v_j} for {@code j < rows}, {@code v_j} being strided. */
    void weightedSum(
            float[] factors,
            int factorsOffset,
            float[] v,
            int vOffset,
            int vStride,
            int rows,
            float[] sums,
            int sumsOffset,
            int length);

    /** {@code sums += values << shift}. */
    void addShifted(byte[] values, int offset, int shift, int[] sums, int sumsOffset, int length);

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

package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Dot products of all tokens with one row of weights after the other, for the scalar kernels. A
 * float's sum has an order, so of one dot product no compiler makes vectors. Those of many tokens
 * are added up side by side: the elements of all tokens that meet the same weight lie together, and
 * of a loop over them the compiler makes vectors by itself, moments after the program began. Each
 * token's sum has the order of {@link #dot}, to the bit.
 */
final class TokenDots {

    /** Of fewer tokens the loops would be too short. */
    private static final int MANY = 32;

    /** Partial sums of a dot product. */
    private static final int SUMS = 4;

    /**
     * Elements that one loop adds to the same partial sum, which is read and written less often
     * then: with one each the window was a twentieth later there.
     */
    private static final int ADDED = 4;

    private final float[] x;
    private final int tokens;
    private final int inputs;

    /** {@code [inputs][tokens]}; null for few tokens. */
    private final float[][] columns;

    private final float[][] sums = new float[SUMS][];

    /**
     * @param x {@code [tokens, inputs]}
     */
    TokenDots(float[] x, int tokens, int inputs) {
        this.x = x;
        this.tokens = tokens;
        this.inputs = inputs;
        this.columns = tokens < MANY ? null : columns(x, tokens, inputs);
        if (columns != null) {
            Arrays.setAll(sums, _ -> new float[tokens]);
        }
    }

    private static float[][] columns(float[] x, int tokens, int inputs) {
        float[][] columns = new float[inputs][tokens];
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < inputs; i++) {
                columns[i][t] = x[t * inputs + i];
            }
        }
        return columns;
    }

    /**
     * The dot product of each token with one row.
     *
     * @param rows holds the row from {@code offset} on
     * @param y takes the products at {@code first}, {@code first + stride} and so on
     */
    void with(float[] rows, int offset, float[] y, int first, int stride) {
        if (columns == null) {
            for (int t = 0; t < tokens; t++) {
                y[first + t * stride] = dot(x, t * inputs, rows, offset, inputs);
            }
            return;
        }
        addUp(rows, offset);
        for (int t = 0; t < tokens; t++) {
            y[first + t * stride] = (sums[0][t] + sums[1][t]) + (sums[2][t] + sums[3][t]);
        }
    }

    private void addUp(float[] row, int offset) {
        for (float[] sum : sums) {
            Arrays.fill(sum, 0);
        }
        int i = 0;
        for (; i + SUMS * ADDED <= inputs; i += SUMS * ADDED) {
            for (int s = 0; s < SUMS; s++) {
                add(sums[s], i + s, row, offset + i + s);
            }
        }
        for (; i + SUMS <= inputs; i += SUMS) {
            for (int s = 0; s < SUMS; s++) {
                addOne(sums[s], columns[i + s], row[offset + i + s]);
            }
        }
        for (; i < inputs; i++) {
            addOne(sums[0], columns[i], row[offset + i]);
        }
    }

    private void add(float[] sum, int column, float[] row, int at) {
        addFour(
                sum,
                columns[column],
                columns[column + SUMS],
                columns[column + 2 * SUMS],
                columns[column + 3 * SUMS],
                row[at],
                row[at + SUMS],
                row[at + 2 * SUMS],
                row[at + 3 * SUMS]);
    }

    private static void addFour(
            float[] sum,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float w0,
            float w1,
            float w2,
            float w3) {
        for (int t = 0; t < sum.length; t++) {
            sum[t] = sum[t] + x0[t] * w0 + x1[t] * w1 + x2[t] * w2 + x3[t] * w3;
        }
    }

    private static void addOne(float[] sum, float[] x, float w) {
        for (int t = 0; t < sum.length; t++) {
            sum[t] += x[t] * w;
        }
    }

    /** In four partial sums, see {@link ScalarKernels}. */
    static float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        int i = 0;
        for (; i + SUMS <= length; i += SUMS) {
            sum0 += a[aOffset + i] * b[bOffset + i];
            sum1 += a[aOffset + i + 1] * b[bOffset + i + 1];
            sum2 += a[aOffset + i + 2] * b[bOffset + i + 2];
            sum3 += a[aOffset + i + 3] * b[bOffset + i + 3];
        }
        for (; i < length; i++) {
            sum0 += a[aOffset + i] * b[bOffset + i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }
}

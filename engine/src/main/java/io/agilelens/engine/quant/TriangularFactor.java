package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.DoubleView;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import java.util.Arrays;

/**
 * Blocked factorization and inversion of large matrices, in place and in double precision; nearly
 * all the work is {@link Kernels#subtractProduct}.
 */
final class TriangularFactor {
    private static final int BLOCK = 128;
    private static final int STRIP = 256;

    private TriangularFactor() {}

    /**
     * Cholesky: replaces the lower triangle of a symmetric matrix A by L, {@code A = L · Lᵀ}. The
     * part above the diagonal is neither read nor kept.
     *
     * @param a {@code [n, n]}
     * @return false if A is not positive definite
     */
    static boolean cholesky(Kernels kernels, double[] a, int n, Cancellation cancellation) {
        DoubleView whole = DoubleView.of(a, n, n);
        for (int from = 0; from < n; from += BLOCK) {
            cancellation.check();
            int to = Math.min(n, from + BLOCK);
            if (!choleskyOfDiagonal(a, n, from, to)) {
                return false;
            }
            if (to < n) {
                // The rows below: X · L_JJᵀ = A, solved by the inverse of the small triangle.
                double[] minusInverse = inverseOfDiagonal(a, n, from, to);
                negate(minusInverse);
                DoubleView below = whole.part(to, n, from, to);
                double[] old = takeOut(below);
                kernels.subtractProduct(
                        DoubleView.of(old, n - to, to - from),
                        DoubleView.of(minusInverse, to - from, to - from).transposed(),
                        below);
                for (int strip = to; strip < n; strip += STRIP) {
                    int end = Math.min(n, strip + STRIP);
                    kernels.subtractProduct(
                            whole.part(strip, n, from, to),
                            whole.part(strip, end, from, to).transposed(),
                            whole.part(strip, n, strip, end));
                }
            }
        }
        return true;
    }

    /**
     * Replaces a lower triangular matrix by its inverse; what is above the diagonal becomes 0.
     *
     * @param a {@code [n, n]}
     */
    static void invert(Kernels kernels, double[] a, int n, Cancellation cancellation) {
        for (int i = 0; i < n; i++) {
            Arrays.fill(a, i * n + i + 1, (i + 1) * n, 0);
        }
        double[][] inverses = inversesOfDiagonal(a, n);
        DoubleView whole = DoubleView.of(a, n, n);
        double[] sums = new double[Math.min(n, BLOCK) * n];
        for (int from = 0; from < n; from += BLOCK) {
            cancellation.check();
            int to = Math.min(n, from + BLOCK);
            int rows = to - from;
            double[] minusInverse = inverses[from / BLOCK];
            for (int i = 0; i < rows; i++) {
                System.arraycopy(minusInverse, i * rows, a, (from + i) * n + from, rows);
            }
            negate(minusInverse);
            // X_I = −L_II⁻¹ · Σ_K L_IK · X_K, all X_K above being done already.
            Arrays.fill(sums, 0);
            DoubleView sum = DoubleView.of(sums, rows, n);
            for (int strip = 0; strip < from; strip += STRIP) {
                int end = Math.min(from, strip + STRIP);
                kernels.subtractProduct(
                        whole.part(from, to, strip, from),
                        whole.part(strip, from, strip, end),
                        sum.part(0, rows, strip, end));
            }
            DoubleView left = whole.part(from, to, 0, from);
            takeOut(left);
            kernels.subtractProduct(
                    DoubleView.of(minusInverse, rows, rows), sum.part(0, rows, 0, from), left);
        }
    }

    private static boolean choleskyOfDiagonal(double[] a, int n, int from, int to) {
        for (int c = from; c < to; c++) {
            double pivot = a[c * n + c] - product(a, c * n + from, c * n + from, c - from);
            if (!(pivot > 0) || pivot == Double.POSITIVE_INFINITY) {
                return false;
            }
            double root = Math.sqrt(pivot);
            a[c * n + c] = root;
            for (int r = c + 1; r < to; r++) {
                int at = r * n + c;
                a[at] = (a[at] - product(a, r * n + from, c * n + from, c - from)) / root;
            }
        }
        return true;
    }

    private static double product(double[] a, int first, int second, int count) {
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += a[first + k] * a[second + k];
        }
        return sum;
    }

    /** The inverses of all blocks on the diagonal. */
    private static double[][] inversesOfDiagonal(double[] a, int n) {
        double[][] inverses = new double[(n + BLOCK - 1) / BLOCK][];
        Workers.shared()
                .forRanges(
                        inverses.length,
                        1,
                        (first, end) -> {
                            for (int block = first; block < end; block++) {
                                int from = block * BLOCK;
                                int to = Math.min(n, from + BLOCK);
                                inverses[block] = inverseOfDiagonal(a, n, from, to);
                            }
                        });
        return inverses;
    }

    /** The inverse of a lower triangle on the diagonal, {@code [rows, rows]}. */
    private static double[] inverseOfDiagonal(double[] a, int n, int from, int to) {
        int rows = to - from;
        double[] inverse = new double[rows * rows];
        for (int i = 0; i < rows; i++) {
            int row = (from + i) * n + from;
            for (int k = 0; k < i; k++) {
                double factor = a[row + k];
                for (int j = 0; j <= k; j++) {
                    inverse[i * rows + j] -= factor * inverse[k * rows + j];
                }
            }
            double pivot = a[row + i];
            for (int j = 0; j < i; j++) {
                inverse[i * rows + j] /= pivot;
            }
            inverse[i * rows + i] = 1 / pivot;
        }
        return inverse;
    }

    private static void negate(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = -values[i];
        }
    }

    /** A copy of a row-major part, which is filled with zeros. */
    private static double[] takeOut(DoubleView part) {
        double[] copy = new double[part.rows() * part.columns()];
        for (int i = 0; i < part.rows(); i++) {
            int row = part.offset() + i * part.rowStride();
            System.arraycopy(part.data(), row, copy, i * part.columns(), part.columns());
            Arrays.fill(part.data(), row, row + part.columns(), 0);
        }
        return copy;
    }
}

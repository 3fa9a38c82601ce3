package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.DoubleBands;
import io.agilelens.engine.kernel.DoubleView;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import java.util.Arrays;

/**
 * Blocked factorization and inversion of large lower triangles, in place and in double precision;
 * nearly all the work is {@link Kernels#subtractProduct}.
 */
final class TriangularFactor {
    /** Rows on the diagonal that are solved one by one. */
    private static final int BLOCK = 128;

    private TriangularFactor() {}

    /**
     * Cholesky: replaces the lower triangle of a symmetric matrix A by L, {@code A = L · Lᵀ}. The
     * part above the diagonal is neither read nor kept.
     *
     * @param a a lower triangle {@code [n, n]}
     * @return false if A is not positive definite
     */
    static boolean cholesky(Kernels kernels, DoubleBands a, Cancellation cancellation) {
        int n = a.rows();
        for (int from = 0; from < n; from += BLOCK) {
            cancellation.check();
            int to = Math.min(n, from + BLOCK);
            DoubleView diagonal = a.part(from, to, from, to);
            if (!choleskyOfDiagonal(diagonal)) {
                return false;
            }
            if (to < n) {
                // The rows below: X · L_JJᵀ = A, solved by the inverse of the small triangle.
                double[] minusInverse = inverseOfDiagonal(diagonal);
                negate(minusInverse);
                DoubleView below = a.part(to, n, from, to);
                kernels.subtractProduct(
                        takeOut(below),
                        DoubleView.of(minusInverse, to - from, to - from).transposed(),
                        below);
                int end;
                for (int strip = to; strip < n; strip = end) {
                    end = DoubleBands.endOfStrip(strip, n);
                    kernels.subtractProduct(
                            a.part(strip, n, from, to),
                            a.part(strip, end, from, to).transposed(),
                            a.part(strip, n, strip, end));
                }
            }
        }
        return true;
    }

    /**
     * Replaces a lower triangular matrix by its inverse; what there is above the diagonal becomes
     * 0.
     *
     * @param a a lower triangle {@code [n, n]}
     */
    static void invert(Kernels kernels, DoubleBands a, Cancellation cancellation) {
        int n = a.rows();
        for (int i = 0; i < n; i++) {
            int end = DoubleBands.endOfStrip(i, n);
            Arrays.fill(a.array(i), a.index(i, i) + 1, a.index(i, end), 0);
        }
        double[][] inverses = inversesOfDiagonal(a);
        double[] sums = new double[Math.min(n, BLOCK) * n];
        for (int from = 0; from < n; from += BLOCK) {
            cancellation.check();
            int to = Math.min(n, from + BLOCK);
            int rows = to - from;
            double[] minusInverse = inverses[from / BLOCK];
            for (int i = 0; i < rows; i++) {
                int at = a.index(from + i, from);
                System.arraycopy(minusInverse, i * rows, a.array(from + i), at, rows);
            }
            negate(minusInverse);
            // X_I = −L_II⁻¹ · Σ_K L_IK · X_K, all X_K above being done already.
            Arrays.fill(sums, 0, rows * n, 0);
            DoubleView sum = DoubleView.of(sums, rows, n);
            int end;
            for (int strip = 0; strip < from; strip = end) {
                end = DoubleBands.endOfStrip(strip, from);
                kernels.subtractProduct(
                        a.part(from, to, strip, from),
                        a.part(strip, from, strip, end),
                        sum.part(0, rows, strip, end));
            }
            DoubleView left = a.part(from, to, 0, from);
            takeOut(left);
            kernels.subtractProduct(
                    DoubleView.of(minusInverse, rows, rows), sum.part(0, rows, 0, from), left);
        }
    }

    private static boolean choleskyOfDiagonal(DoubleView block) {
        int rows = block.rows();
        for (int c = 0; c < rows; c++) {
            double pivot = block.get(c, c) - product(block, c, c, c);
            if (!(pivot > 0) || pivot == Double.POSITIVE_INFINITY) {
                return false;
            }
            double root = Math.sqrt(pivot);
            block.set(c, c, root);
            for (int r = c + 1; r < rows; r++) {
                block.set(r, c, (block.get(r, c) - product(block, r, c, c)) / root);
            }
        }
        return true;
    }

    /** Of the first elements of two rows. */
    private static double product(DoubleView block, int first, int second, int count) {
        double[] a = block.array(first);
        double[] b = block.array(second);
        int aStart = block.index(first);
        int bStart = block.index(second);
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += a[aStart + k] * b[bStart + k];
        }
        return sum;
    }

    /** The inverses of all blocks on the diagonal. */
    private static double[][] inversesOfDiagonal(DoubleBands a) {
        int n = a.rows();
        double[][] inverses = new double[Math.ceilDiv(n, BLOCK)][];
        Workers.shared()
                .forEach(
                        inverses.length,
                        1,
                        block -> {
                            int from = block * BLOCK;
                            int to = Math.min(n, from + BLOCK);
                            inverses[block] = inverseOfDiagonal(a.part(from, to, from, to));
                        });
        return inverses;
    }

    /** The inverse of a lower triangle on the diagonal, {@code [rows, rows]}. */
    private static double[] inverseOfDiagonal(DoubleView block) {
        int rows = block.rows();
        double[] inverse = new double[rows * rows];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < i; k++) {
                double factor = block.get(i, k);
                for (int j = 0; j <= k; j++) {
                    inverse[i * rows + j] -= factor * inverse[k * rows + j];
                }
            }
            double pivot = block.get(i, i);
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

    /** A copy of a part, which is filled with zeros. */
    private static DoubleView takeOut(DoubleView part) {
        int columns = part.columns();
        double[] copy = new double[part.rows() * columns];
        for (int i = 0; i < part.rows(); i++) {
            double[] row = part.array(i);
            int at = part.index(i);
            System.arraycopy(row, at, copy, i * columns, columns);
            Arrays.fill(row, at, at + columns, 0);
        }
        return DoubleView.of(copy, part.rows(), columns);
    }
}

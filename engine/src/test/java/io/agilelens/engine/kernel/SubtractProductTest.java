package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubtractProductTest {

    @Test
    void everyWidthAgreesWithTheFormulaAndTouchesNothingElse() {
        Random random = new Random(1);
        for (int bits : KernelProvider.availableBits()) {
            Kernels kernels = KernelProvider.of(bits);
            for (int trial = 0; trial < 60; trial++) {
                int rows = random.nextInt(40);
                int depth = random.nextInt(trial == 0 ? 700 : 60);
                int columns = random.nextInt(70);
                DoubleView a = view(random, rows, depth);
                DoubleView b = view(random, depth, columns);
                DoubleView c = view(random, rows, columns);
                double[] expected = c.array(0).clone();
                double largest = 1;
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < columns; j++) {
                        int at = c.isTransposed() ? c.index(j) + i : c.index(i) + j;
                        for (int k = 0; k < depth; k++) {
                            expected[at] -= a.get(i, k) * b.get(k, j);
                        }
                        largest = Math.max(largest, Math.abs(expected[at]));
                    }
                }
                kernels.subtractProduct(a, b, c);
                assertArrayEquals(expected, c.array(0), 1e-13 * (depth + 1) * largest);
            }
        }
    }

    /** A part of a larger matrix, row-major or column-major. */
    private static DoubleView view(Random random, int rows, int columns) {
        double[] data = random.doubles((rows + 3) * (columns + 5), -1, 1).toArray();
        return random.nextBoolean()
                ? DoubleView.of(data, rows + 3, columns + 5).part(2, rows + 2, 4, columns + 4)
                : DoubleView.of(data, columns + 5, rows + 3)
                        .part(4, columns + 4, 2, rows + 2)
                        .transposed();
    }

    @Test
    void bandsOfTrianglesAreMultipliedAsWholeMatricesAre() {
        Random random = new Random(3);
        int n = 2 * DoubleBands.STRIP + 40;
        int middle = DoubleBands.STRIP + 30;
        DoubleBands lower = filled(DoubleBands.lowerTriangle(n), random);
        DoubleBands upper = filled(DoubleBands.upperTriangle(n), random);
        for (int bits : KernelProvider.availableBits()) {
            Kernels kernels = KernelProvider.of(bits);
            DoubleView below = lower.part(middle, n, 3, 20);
            DoubleView right = upper.part(3, 20, middle, n);
            for (DoubleView a : List.of(below, right.transposed())) {
                for (DoubleView b : List.of(right, below.transposed())) {
                    double[] expected = new double[(n - middle) * (n - middle)];
                    DoubleView whole = DoubleView.of(expected, n - middle, n - middle);
                    kernels.subtractProduct(copy(a), copy(b), whole);
                    int end = 2 * DoubleBands.STRIP;
                    DoubleBands c = DoubleBands.lowerTriangle(n);
                    DoubleView part = c.part(middle, n, middle, end);
                    kernels.subtractProduct(a, b.part(0, 17, 0, end - middle), part);
                    for (int i = 0; i < part.rows(); i++) {
                        for (int j = 0; j < part.columns(); j++) {
                            assertEquals(whole.get(i, j), part.get(i, j));
                        }
                    }
                    assertEquals(0, c.get(middle, middle - 1));
                    assertEquals(0, c.get(middle - 1, middle));
                    assertEquals(0, c.get(n - 1, end));
                }
            }
        }
    }

    private static DoubleBands filled(DoubleBands triangle, Random random) {
        for (int row = 0; row < triangle.rows(); row++) {
            Arrays.setAll(triangle.array(row), _ -> random.nextDouble());
        }
        return triangle;
    }

    private static DoubleView copy(DoubleView view) {
        double[] data = new double[view.rows() * view.columns()];
        DoubleView copy = DoubleView.of(data, view.rows(), view.columns());
        for (int i = 0; i < view.rows(); i++) {
            for (int j = 0; j < view.columns(); j++) {
                copy.set(i, j, view.get(i, j));
            }
        }
        return copy;
    }

    @Test
    void theNumberOfThreadsChangesNoBit() {
        int bits = KernelProvider.availableBits().getLast();
        double[] factors = new Random(2).doubles(500 * 500, -1, 1).toArray();
        DoubleView factor = DoubleView.of(factors, 500, 500);
        double[] expected = new double[500 * 500];
        KernelProvider.of(bits, Workers.of(1))
                .subtractProduct(factor, factor.transposed(), DoubleView.of(expected, 500, 500));
        for (int threads = 2; threads <= 7; threads++) {
            double[] actual = new double[500 * 500];
            try (Workers workers = Workers.of(threads)) {
                KernelProvider.of(bits, workers)
                        .subtractProduct(
                                factor, factor.transposed(), DoubleView.of(actual, 500, 500));
            }
            assertArrayEquals(expected, actual);
        }
    }

    @Test
    void shapesMustFit() {
        DoubleView square = DoubleView.of(new double[9], 3, 3);
        DoubleView wide = DoubleView.of(new double[12], 3, 4);
        for (int bits : KernelProvider.availableBits()) {
            Kernels kernels = KernelProvider.of(bits);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> kernels.subtractProduct(wide, square, wide));
        }
        assertThrows(IllegalArgumentException.class, () -> wide.part(0, 3, 2, 5));
        assertEquals(6, wide.part(1, 3, 2, 4).index(0));
        assertEquals(10, wide.part(1, 3, 2, 4).index(1));
        assertThrows(IllegalArgumentException.class, () -> DoubleView.of(new double[11], 3, 4));
    }

    @Test
    void ofATriangleOnlyWhatIsThereIsSeen() {
        int strip = DoubleBands.STRIP;
        int n = 2 * strip + 1;
        DoubleBands lower = DoubleBands.lowerTriangle(n);
        DoubleBands upper = DoubleBands.upperTriangle(n);
        assertEquals(n, lower.part(n - 1, n, 0, n).columns());
        assertEquals(strip, lower.part(0, n, 0, strip).columns());
        assertThrows(IllegalArgumentException.class, () -> lower.part(0, n, 0, strip + 1));
        assertThrows(IllegalArgumentException.class, () -> lower.part(strip - 1, n, 0, strip + 1));
        assertEquals(strip + 1, lower.part(strip, n, 0, strip + 1).columns());
        assertEquals(n, upper.part(0, n, 2 * strip, n).rows());
        assertEquals(strip, upper.part(0, strip, 0, n).rows());
        assertThrows(IllegalArgumentException.class, () -> upper.part(0, strip + 1, 0, n));
        assertThrows(IllegalArgumentException.class, () -> upper.part(0, n + 1, n - 1, n));
        assertThrows(IllegalArgumentException.class, () -> lower.part(2, 1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> lower.part(-1, 1, 0, 1));
        long elements = (long) strip * n + (long) strip * (n - strip) + 1;
        assertEquals(8 * elements, DoubleBands.triangleBytes(n));
        for (DoubleBands triangle : List.of(lower, upper)) {
            Set<double[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
            for (int row = 0; row < n; row++) {
                arrays.add(triangle.array(row));
            }
            assertTrue(arrays.size() > 3);
            assertEquals(elements, arrays.stream().mapToLong(array -> array.length).sum());
        }
    }
}

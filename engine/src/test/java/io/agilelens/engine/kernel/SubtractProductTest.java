package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
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
                double[] expected = c.data().clone();
                double largest = 1;
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < columns; j++) {
                        for (int k = 0; k < depth; k++) {
                            expected[c.index(i, j)] -=
                                    a.data()[a.index(i, k)] * b.data()[b.index(k, j)];
                        }
                        largest = Math.max(largest, Math.abs(expected[c.index(i, j)]));
                    }
                }
                kernels.subtractProduct(a, b, c);
                assertArrayEquals(expected, c.data(), 1e-13 * (depth + 1) * largest);
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
        assertEquals(7, wide.part(1, 3, 2, 4).index(0, 1));
    }
}

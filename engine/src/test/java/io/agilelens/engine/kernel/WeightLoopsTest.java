package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The loops over weights that are being quantized, to the bit. */
class WeightLoopsTest {
    private static final Kernels SCALAR = KernelProvider.of(0);

    static List<Integer> widths() {
        return KernelProvider.availableBits();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void errorsAreSpreadInTheOrderOfColumns(int bits) {
        Kernels kernels = KernelProvider.of(bits);
        KernelInputs inputs = new KernelInputs(3);
        int columns = 37;
        float[] factor = inputs.floats(columns * columns);
        for (int rows : new int[] {1, 5, 64, 83}) {
            float[] errors = inputs.floats(columns * rows);
            float[] x = inputs.floats(columns * rows);
            for (int end : new int[] {3, 8, 21}) {
                float[] expected = x.clone();
                float[] actual = x.clone();
                SCALAR.spreadErrors(errors, 1, end, factor, columns, end, 33, expected, rows);
                kernels.spreadErrors(errors, 1, end, factor, columns, end, 33, actual, rows);
                assertArrayEquals(expected, actual);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("widths")
    void groupsAreQuantizedAsTheFormulaSays(int bits) {
        Kernels kernels = KernelProvider.of(bits);
        KernelInputs inputs = new KernelInputs(4);
        float[] x = inputs.floats(200);
        x[50] = 1e30f;
        x[51] = -1e30f;
        x[52] = -0f;
        for (int count : new int[] {0, 1, 7, 16, 32, 100}) {
            float low = kernels.smallest(x, 45, count);
            float high = kernels.largest(x, 45, count);
            assertEquals(SCALAR.smallest(x, 45, count), low);
            assertEquals(SCALAR.largest(x, 45, count), high);
            float[] expected = x.clone();
            for (int i = 45; i < 45 + count; i++) {
                double code = Math.clamp(Math.rint(x[i] / 0.13f) + 6, 0, 15);
                expected[i] = (float) (code - 6) * 0.13f;
            }
            float[] actual = x.clone();
            kernels.quantizeGroup(actual, 45, count, 0.13f, 6, 15);
            assertArrayEquals(expected, actual);
        }
    }
}

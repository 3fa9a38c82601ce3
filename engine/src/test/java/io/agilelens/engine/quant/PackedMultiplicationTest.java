package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.Int4Weights;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.quant.PackedMultiplication.Carrier;
import io.agilelens.engine.quant.PackedMultiplication.Fields;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PackedMultiplicationTest {

    private static PackedMultiplication of(Carrier carrier, int lower, int upper, int activation) {
        return new PackedMultiplication(carrier, lower, upper, activation, 4);
    }

    @Test
    void oneProductOfAnyOperandsComesApartAgain() {
        for (Carrier carrier : Carrier.values()) {
            for (int lower = -8; lower < 8; lower++) {
                for (int upper = -8; upper < 8; upper++) {
                    for (int a = -8; a < 8; a++) {
                        PackedMultiplication it = of(carrier, lower, upper, a);
                        assertEquals(new Fields(a * lower, a * upper), it.split(1), it.toString());
                        assertTrue(it.holds(1), it.toString());
                    }
                }
            }
        }
    }

    @Test
    void partialProductsAddUpToTheProduct() {
        for (int a = -8; a < 8; a++) {
            PackedMultiplication it = of(Carrier.FLOAT, -3, 5, a);
            int sum = it.partials().stream().mapToInt(PackedMultiplication.Partial::term).sum();
            assertEquals(it.sum(1), sum);
        }
        var wide = new PackedMultiplication(Carrier.FLOAT, 7, -8, -77, 8);
        assertEquals(8, wide.partials().size());
        assertEquals(
                -77 * (7 - 8 * 4096),
                wide.partials().stream().mapToInt(PackedMultiplication.Partial::term).sum());
    }

    @Test
    void sumsCollideWhereTheFieldEnds() {
        PackedMultiplication worst = of(Carrier.INT16, -8, 1, -8);
        assertEquals(OptionalInt.of(2), worst.collision());
        assertEquals(new Fields(-128, -15), worst.split(2), "the sum 128 carried into the upper");
        assertEquals(new Fields(128, -16), worst.exact(2));
        assertFalse(worst.holds(2));

        PackedMultiplication pair = of(Carrier.FLOAT, -8, -8, -8);
        assertEquals(OptionalInt.of(32), pair.collision(), "31 sums of 64 fit 2047");
        assertTrue(pair.holds(31));
        assertFalse(pair.holds(32));
        assertEquals(
                OptionalInt.of(3),
                new PackedMultiplication(Carrier.FLOAT, 7, 0, 127, 8).collision(),
                "889 fits twice, not three times");
        assertEquals(OptionalInt.empty(), of(Carrier.INT16, 5, -2, 0).collision());
        assertEquals(OptionalInt.of(2048), of(Carrier.FLOAT, 1, 0, 1).collision());
    }

    @Test
    void everySumBeforeTheCollisionComesApart() {
        for (Carrier carrier : Carrier.values()) {
            for (int[] operands : new int[][] {{-8, 7, -8}, {3, -5, 7}, {-1, -1, 1}, {7, 7, -8}}) {
                PackedMultiplication it = of(carrier, operands[0], operands[1], operands[2]);
                int end = it.collision().orElseThrow();
                for (int count = 0; count < end; count++) {
                    assertEquals(it.exact(count), it.split(count), it + " × " + count);
                }
            }
        }
    }

    @Test
    void theKernelsMakeTheSameSums() {
        int inputs = 20;
        int lower = -7;
        int upper = 6;
        int activation = 5;
        Kernels kernels = KernelProvider.current().kernels();
        byte[] values = new byte[2 * inputs];
        Arrays.fill(values, 0, inputs, (byte) lower);
        Arrays.fill(values, inputs, 2 * inputs, (byte) upper);
        byte[] x = new byte[inputs];
        Arrays.fill(x, (byte) activation);
        Int4Weights weights =
                kernels.packInt4(
                        values,
                        2,
                        inputs,
                        new float[] {1, 1},
                        new byte[2],
                        new int[] {0, inputs},
                        new int[] {0},
                        new int[] {0},
                        4);
        float[] y = new float[2];
        kernels.multiply(x, 1, weights, y);
        Fields fields = of(Carrier.FLOAT, lower, upper, activation).split(inputs);
        assertEquals(fields.lower(), y[0]);
        assertEquals(fields.upper(), y[1]);
    }

    @Test
    void operandsStayInTheirRanges() {
        assertThrows(IllegalArgumentException.class, () -> of(Carrier.INT16, 8, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> of(Carrier.INT16, 0, -9, 0));
        assertThrows(IllegalArgumentException.class, () -> of(Carrier.INT16, 0, 0, 8));
        assertThrows(
                IllegalArgumentException.class,
                () -> new PackedMultiplication(Carrier.INT16, 0, 0, 0, 5));
    }
}

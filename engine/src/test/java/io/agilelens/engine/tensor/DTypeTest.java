package io.agilelens.engine.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every code of the small types and many of the wide one, against formulas of their own. */
class DTypeTest {

    @Test
    void allCodesOfE4m3() {
        for (int code = 0; code < 256; code++) {
            double sign = code < 128 ? 1 : -1;
            int exponent = code % 128 / 8;
            int mantissa = code % 8;
            double expected =
                    exponent == 15 && mantissa == 7
                            ? Double.NaN
                            : exponent == 0
                                    ? sign * mantissa / 8 * Math.pow(2, -6)
                                    : sign * (1 + mantissa / 8.0) * Math.pow(2, exponent - 7);
            assertSame((float) expected, widened(DType.F8_E4M3, (byte) code), code);
        }
        assertEquals(448, widened(DType.F8_E4M3, (byte) 0x7E));
    }

    @Test
    void allCodesOfE5m2() {
        for (int code = 0; code < 256; code++) {
            double sign = code < 128 ? 1 : -1;
            int exponent = code % 128 / 4;
            int mantissa = code % 4;
            double expected;
            if (exponent == 31) {
                expected = mantissa == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
            } else if (exponent == 0) {
                expected = sign * mantissa / 4 * Math.pow(2, -14);
            } else {
                expected = sign * (1 + mantissa / 4.0) * Math.pow(2, exponent - 15);
            }
            assertSame((float) expected, widened(DType.F8_E5M2, (byte) code), code);
        }
        assertEquals(57344, widened(DType.F8_E5M2, (byte) 0x7B));
    }

    @Test
    void doublesRoundToTheNearestFloat() {
        Random random = new Random(3);
        double[] values = new double[10_000];
        for (int i = 0; i < values.length; i++) {
            float near = Float.intBitsToFloat(random.nextInt());
            double next = Math.nextUp(near);
            values[i] =
                    switch (i % 3) {
                        case 0 -> Double.longBitsToDouble(random.nextLong());
                        // Halfway between two floats, where the even one must win.
                        case 1 -> ((double) near + Math.nextUp(near)) / 2;
                        default -> next;
                    };
        }
        values[0] = Double.NaN;
        values[1] = Double.POSITIVE_INFINITY;
        values[2] = 1e300;
        values[3] = -0.0;
        values[4] = Double.MIN_VALUE;
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        Tensor tensor =
                new DenseTensor(
                        "x", DType.F64, new long[] {values.length}, StoredBytes.of(bytes.array()));
        float[] widened = tensor.toFloats();
        for (int i = 0; i < values.length; i++) {
            float expected = (float) values[i];
            assertSame(expected, widened[i], i);
            if (Float.isFinite(expected)) {
                double error = Math.abs(expected - values[i]);
                assertEquals(true, error <= Math.abs(Math.nextUp(expected) - values[i]));
                assertEquals(true, error <= Math.abs(Math.nextDown(expected) - values[i]));
            }
        }
        float[] middle = new float[5000];
        tensor.widen(4321, middle, 10, 4500);
        assertSame(widened[4321 + 4499], middle[10 + 4499], 0);
        assertSame(0, middle[9], 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"})
    void whatIsNoFloatIsNoWeight(DType dtype) {
        Tensor tensor =
                new DenseTensor(
                        "x", dtype, new long[] {1}, StoredBytes.of(new byte[dtype.bytes()]));
        assertEquals(false, tensor.isFloat());
        assertThrows(IllegalStateException.class, tensor::toFloats);
    }

    private static float widened(DType dtype, byte code) {
        byte[] codes = new byte[10_000];
        codes[9_999] = code;
        return new DenseTensor("x", dtype, new long[] {10_000}, StoredBytes.of(codes))
                .toFloats()[9_999];
    }

    private static void assertSame(float expected, float actual, int place) {
        assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(actual), "at " + place);
    }
}

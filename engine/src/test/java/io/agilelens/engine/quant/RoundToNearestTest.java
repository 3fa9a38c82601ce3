package io.agilelens.engine.quant;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Round-to-nearest weights: groups, zero points and the corners of the row quantizer. */
class RoundToNearestTest {

    @Test
    void widensEveryGroupToContainZero() {
        // A group of both signs, an all-positive and an all-negative one.
        float[] weights = {-5, 10, 0, 1, 3, 15, -3, -15, -1};
        QuantizedWeight w = RoundToNearest.quantize(weights, 1, 9, 4, 3, false);
        assertArrayEquals(new int[] {0, 3, 6, 9}, w.groupStarts());
        assertArrayEquals(new float[] {1, 1, 1}, w.scales());
        assertArrayEquals(new int[] {5, 0, 15}, w.zeros());
        assertArrayEquals(new byte[] {0, 15, 5, 1, 3, 15, 12, 0, 14}, w.codes());
        assertArrayEquals(weights, w.dequantize());
    }

    @Test
    void leavesZerosAlone() {
        QuantizedWeight w = RoundToNearest.quantize(new float[8], 2, 4, 4, 2, false);
        assertArrayEquals(new float[8], w.dequantize());
        assertEquals(2 / 15f, w.scales()[0]);
        QuantizedWeight symmetric = RoundToNearest.quantize(new float[8], 2, 4, 4, -1, true);
        assertArrayEquals(new float[8], symmetric.dequantize());
    }

    @Test
    void letsTheLastGroupBeShorter() {
        float[] weights = {1, 2, 3, 4, 100};
        QuantizedWeight w = RoundToNearest.quantize(weights, 1, 5, 8, 4, false);
        assertArrayEquals(new int[] {0, 4, 5}, w.groupStarts());
        assertEquals(100, w.dequantize()[4], 1e-4);
        assertEquals(4 / 255f, w.scales()[0]);
        assertArrayEquals(new int[] {0, 5}, QuantizedWeight.groupStarts(5, -1));
        assertArrayEquals(new int[] {0, 5}, QuantizedWeight.groupStarts(5, 128));
    }

    @Test
    void roundsHalfToEven() {
        // Scale 1: the ties go to the even neighbour before the zero point is added.
        float[] weights = {-7, 8, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f};
        QuantizedWeight w = RoundToNearest.quantize(weights, 1, 7, 4, -1, false);
        assertArrayEquals(new float[] {-7, 8, 0, 2, 2, 0, -2}, w.dequantize());
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,-1", "-1,-1", "-1,1"})
    void symmetricRangesHoldBothEndsWhateverTheSigns(int first, int second) {
        float[] weights = {first * 0.9f, second * 0.4f, first * 0.1f};
        QuantizedWeight w = RoundToNearest.quantize(weights, 1, 3, 4, -1, true);
        assertEquals(8, w.zeros()[0]);
        assertEquals(1.8f / 15, w.scales()[0], 1e-7);
        float[] back = w.dequantize();
        for (int i = 0; i < 3; i++) {
            assertEquals(weights[i], back[i], w.scales()[0] * 0.5001f);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2,5,false",
        "3,16,false",
        "4,32,false",
        "8,-1,false",
        "2,1,true",
        "4,16,true",
        "8,-1,true"
    })
    void isAtMostHalfAStepOffAndAgreesWithDoublePrecision(int bits, int group, boolean symmetric) {
        Random random = new Random(bits);
        int outputs = 6;
        int inputs = 44;
        float[] weights = new float[outputs * inputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        QuantizedWeight w =
                RoundToNearest.quantize(weights, outputs, inputs, bits, group, symmetric);
        float[] back = w.dequantize();
        int largest = (1 << bits) - 1;
        for (int o = 0; o < outputs; o++) {
            for (int g = 0; g < w.groups(); g++) {
                double low = 0;
                double high = 0;
                for (int c = w.groupStarts()[g]; c < w.groupStarts()[g + 1]; c++) {
                    low = Math.min(low, weights[o * inputs + c]);
                    high = Math.max(high, weights[o * inputs + c]);
                }
                if (symmetric) {
                    high = Math.max(-low, high);
                    low = -high;
                }
                double scale = (high - low) / largest;
                assertEquals(scale, w.scales()[o * w.groups() + g], scale * 2e-7);
                for (int c = w.groupStarts()[g]; c < w.groupStarts()[g + 1]; c++) {
                    int i = o * inputs + c;
                    assertTrue(w.code(o, c) >= 0 && w.code(o, c) <= largest);
                    assertEquals(weights[i], back[i], scale * 0.50001, "weight " + i);
                }
            }
        }
        if (!symmetric) {
            // A symmetric range ends on ties, so it shrinks when it is taken again.
            QuantizedWeight again =
                    RoundToNearest.quantize(back, outputs, inputs, bits, group, false);
            assertArrayEquals(back, again.dequantize(), 2e-6f, "the grid is its own nearest");
        }
    }

    @Test
    void survivesWeightsTooSmallForAScale() {
        float[] weights = {-Float.MIN_VALUE, Float.MIN_VALUE, 0, -Float.MIN_VALUE};
        QuantizedWeight w = RoundToNearest.quantize(weights, 1, 4, 4, 2, false);
        for (int zero : w.zeros()) {
            assertTrue(zero >= 0 && zero <= 15, "zero point " + zero);
        }
        for (float value : w.dequantize()) {
            assertTrue(Math.abs(value) <= 16 * Float.MIN_VALUE);
        }
    }

    @ParameterizedTest
    @CsvSource({"2,3,false", "4,32,true", "5,16,false", "8,-1,true"})
    void rowsOfAStoredWeightAreWhatTheScalarFormulaSays(int bits, int group, boolean symmetric) {
        Random random = new Random(group);
        int outputs = 37;
        int inputs = 600;
        ByteBuffer bytes = ByteBuffer.allocate(4 * outputs * inputs).order(LITTLE_ENDIAN);
        float[] weights = new float[outputs * inputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 7 == 0 ? -0f : (float) random.nextGaussian();
            bytes.putFloat(weights[i]);
        }
        long[] shape = {outputs, inputs};
        Tensor stored = new DenseTensor("w", DType.F32, shape, StoredBytes.of(bytes.array()));
        QuantizedWeight w =
                RoundToNearest.quantize(stored, outputs, inputs, bits, group, symmetric);
        float largest = (1 << bits) - 1;
        for (int i = 0; i < weights.length; i++) {
            int row = i / inputs;
            int place = row * w.groups() + w.groupOf()[i % inputs];
            float low = 0;
            float high = 0;
            for (int c = 0; c < inputs; c++) {
                if (w.groupOf()[c] == w.groupOf()[i % inputs]) {
                    low = Math.min(low, weights[row * inputs + c]);
                    high = Math.max(high, weights[row * inputs + c]);
                }
            }
            float reach = Math.max(-low, high);
            float scale = (symmetric ? reach + reach : high - low) / largest;
            assertEquals(scale, w.scales()[place]);
            double code = Math.rint(weights[i] / scale) + w.zeros()[place];
            assertEquals((int) Math.clamp(code, 0, largest), w.codes()[i] & 0xff, "weight " + i);
        }
        QuantizedWeight same =
                RoundToNearest.quantize(weights, outputs, inputs, bits, group, symmetric);
        assertArrayEquals(same.codes(), w.codes());
        assertArrayEquals(same.scales(), w.scales());
        assertArrayEquals(same.zeros(), w.zeros());
    }

    @Test
    void countsStoredBits() {
        QuantizedWeight w = RoundToNearest.quantize(new float[2 * 8], 2, 8, 4, 4, false);
        assertEquals(2 * 8 * 4 + 2 * 2 * (16 + 4), w.storedBits());
    }
}

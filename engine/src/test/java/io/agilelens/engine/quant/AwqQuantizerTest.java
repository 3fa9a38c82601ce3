package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AWQ's quantizer against its formula, written out with {@link Math#rint}. */
class AwqQuantizerTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();

    private final Random random = new Random(3);

    private float[] weights(int count) {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) random.nextGaussian() * 0.1f;
        }
        return weights;
    }

    @ParameterizedTest
    @CsvSource({
        "4, 16, false",
        "4, -1, false",
        "3, 10, false",
        "8, 32, false",
        "2, 7, false",
        "4, 16, true",
        "8, -1, true",
        "2, 5, true",
        "5, 16, false"
    })
    void isTheFormula(int bits, int group, boolean symmetric) {
        int outputs = 9;
        int inputs = 48;
        float[] weights = weights(outputs * inputs);
        // A range far from 0, which is not widened to hold it.
        Arrays.fill(weights, 0, 3, 5f);
        AwqQuantizer quantizer = new AwqQuantizer(bits, group, symmetric);
        QuantizedWeight quantized = quantizer.quantize(KERNELS, weights, outputs, inputs);
        int size = group < 0 ? inputs : group;
        int most = (1 << bits) - 1;
        for (int o = 0; o < outputs; o++) {
            for (int from = 0; from < inputs; from += size) {
                int to = Math.min(inputs, from + size);
                float low = Float.POSITIVE_INFINITY;
                float high = Float.NEGATIVE_INFINITY;
                for (int i = from; i < to; i++) {
                    low = Math.min(low, weights[o * inputs + i]);
                    high = Math.max(high, weights[o * inputs + i]);
                }
                float scale =
                        symmetric
                                ? Math.max(Math.max(Math.abs(low), Math.abs(high)), 1e-5f)
                                        / ((most - 1) / 2)
                                : Math.max(high - low, 1e-5f) / most;
                double zero =
                        symmetric ? (most + 1) / 2 : Math.clamp(-Math.rint(low / scale), 0, most);
                int g = o * quantized.groups() + from / size;
                assertEquals(scale, quantized.scales()[g]);
                assertEquals(zero, quantized.zeros()[g]);
                for (int i = from; i < to; i++) {
                    double code = Math.rint(weights[o * inputs + i] / scale) + zero;
                    assertEquals(Math.clamp(code, 0, most), quantized.code(o, i));
                }
            }
        }
        float[] ones = new float[inputs];
        Arrays.fill(ones, 1);
        assertArrayEquals(
                quantized.dequantize(),
                quantizer.simulate(KERNELS, weights, outputs, inputs, ones));
    }

    @Test
    void simulationScalesTheColumnsAndTakesTheScalesBack() {
        int inputs = 12;
        float[] weights = weights(4 * inputs);
        float[] scales = new float[inputs];
        for (int c = 0; c < inputs; c++) {
            scales[c] = 0.3f + c;
        }
        AwqQuantizer quantizer = new AwqQuantizer(4, 4, false);
        float[] scaled = weights.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= scales[i % inputs];
        }
        float[] expected = quantizer.quantize(KERNELS, scaled, 4, inputs).dequantize();
        for (int i = 0; i < expected.length; i++) {
            expected[i] /= scales[i % inputs];
        }
        assertArrayEquals(expected, quantizer.simulate(KERNELS, weights, 4, inputs, scales));
    }

    /** Also for numbers too large to be rounded the quick way. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 0", "-1000, 0", "1e30, 0", "-1e30, 1e-3", "3e-7, 0"})
    void degenerateGroupsStayFinite(float offset, float spread) {
        float[] weights = new float[8];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = offset + spread * i;
        }
        QuantizedWeight quantized = new AwqQuantizer(4, -1, false).quantize(KERNELS, weights, 1, 8);
        assertTrue(quantized.scales()[0] > 0);
        for (int i = 0; i < weights.length; i++) {
            assertTrue(quantized.code(0, i) >= 0 && quantized.code(0, i) <= 15);
            assertTrue(Float.isFinite(quantized.dequantize()[i]));
        }
        if (offset == 0) {
            assertArrayEquals(new float[8], quantized.dequantize());
        }
    }
}

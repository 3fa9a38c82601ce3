package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference itself, against the formulas in double precision or exact integers. */
class ScalarKernelsTest {

    private final ScalarKernels kernels = new ScalarKernels();
    private final KernelInputs inputs = new KernelInputs(20240531);

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 13, 31, 32, 33, 207, 1021, 4098})
    void fp32ProductIsTheSumOfProducts(int k) {
        int tokens = 3;
        int outputs = 7;
        float[] x = inputs.floats(tokens * k);
        float[] w = inputs.floats(outputs * k);
        float[] y = new float[tokens * outputs];
        kernels.multiply(x, tokens, kernels.packFp32(w, outputs, k), y);
        assertProduct(x, tokens, w, outputs, k, y);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 33, 1021})
    void fp16ProductUsesTheRoundedWeights(int k) {
        int tokens = 2;
        int outputs = 5;
        float[] x = inputs.floats(tokens * k);
        float[] w = inputs.floats(outputs * k);
        float[] rounded = w.clone();
        for (int i = 0; i < w.length; i++) {
            rounded[i] = Float.float16ToFloat(Float.floatToFloat16(w[i]));
        }
        float[] y = new float[tokens * outputs];
        kernels.multiply(x, tokens, kernels.packFp16(w, outputs, k), y);
        assertProduct(x, tokens, rounded, outputs, k, y);
    }

    private static void assertProduct(
            float[] x, int tokens, float[] w, int outputs, int k, float[] y) {
        double[] exact = KernelInputs.product(x, tokens, w, outputs, k);
        double[] size =
                KernelInputs.product(
                        KernelInputs.absolute(x), tokens, KernelInputs.absolute(w), outputs, k);
        for (int i = 0; i < y.length; i++) {
            double bound = 4 * Math.sqrt(k) * KernelInputs.UNIT_ROUNDOFF * size[i];
            assertEquals(exact[i], y[i], bound, "element " + i);
        }
    }

    @Test
    void sumsOfShiftedCodesExceedThirtyTwoBitsWithoutWrapping() {
        int k = 4098;
        byte[] x = new byte[k];
        byte[] w = new byte[k];
        Arrays.fill(x, (byte) -128);
        Arrays.fill(w, (byte) 127);
        float[] y = new float[1];
        Int8Weights packed =
                kernels.packInt8(
                        w,
                        1,
                        k,
                        new float[] {1},
                        new byte[] {-128},
                        new int[] {0, k},
                        new int[1],
                        new int[] {8});
        kernels.multiply(x, 1, packed, y);
        assertEquals((float) (-128L * 255 * k << 8), y[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 32, 33, 207, 1021})
    void integerProductsFollowTheFormula(int k) {
        for (int bits : new int[] {4, 8}) {
            integerProductFollowsTheFormula(k, bits);
        }
    }

    private void integerProductFollowsTheFormula(int k, int bits) {
        int outputs = 3;
        int[] runStarts = inputs.unevenBlocks(k, 20);
        int runs = runStarts.length - 1;
        int[] runGroups = new int[runs];
        for (int r = 0; r < runs; r++) {
            runGroups[r] = r / 3;
        }
        int groups = runGroups[runs - 1] + 1;
        int[] shifts = inputs.shifts(runs);
        int largest = (1 << bits - 1) - 1;
        byte[] x = inputs.bytes(k, -largest - 1, largest);
        byte[] w = inputs.bytes(outputs * k, -largest - 1, largest);
        byte[] zeroPoints = inputs.bytes(outputs * groups, -largest - 1, largest);
        float[] scales = inputs.scales(outputs * groups);
        float[] y = new float[outputs];
        if (bits == 8) {
            Int8Weights packed =
                    kernels.packInt8(
                            w, outputs, k, scales, zeroPoints, runStarts, runGroups, shifts);
            kernels.multiply(x, 1, packed, y);
        } else {
            Int4Weights packed =
                    kernels.packInt4(
                            w, outputs, k, scales, zeroPoints, runStarts, runGroups, shifts, bits);
            kernels.multiply(x, 1, packed, y);
        }

        for (int o = 0; o < outputs; o++) {
            float expected = 0;
            for (int g = 0; g < groups; g++) {
                long exact = 0;
                for (int r = 0; r < runs; r++) {
                    for (int i = runStarts[r]; runGroups[r] == g && i < runStarts[r + 1]; i++) {
                        long difference = w[o * k + i] - zeroPoints[o * groups + g];
                        exact += (1L << shifts[r]) * x[i] * difference;
                    }
                }
                expected += scales[o * groups + g] * exact;
            }
            assertEquals(expected, y[o]);
        }
    }

    @Test
    void softmaxSumsToOneAndSurvivesHugeValues() {
        float[] x = {9, 1e30f, -1e30f, 1e30f, 9};
        kernels.softmax(x, 1, 3);
        assertArrayEquals(new float[] {9, 0.5f, 0, 0.5f, 9}, x);
        float[] one = {-1e30f};
        kernels.softmax(one, 0, 1);
        assertEquals(1, one[0]);
    }

    @Test
    void log2ContextShiftsAndLeavesOutZeros() {
        float[] p = {1, 7, 0, 0x1p-3f};
        float[] v = {-64, 0.5f, 63.5f, -0.5f, 50, 0};
        float[] context = new float[6];
        Arrays.fill(context, 9);
        PackedValues values = kernels.packIntegerValues(v, 3, 1, 2, new float[] {0.5f});
        kernels.attentionContext(p, 0, 2, 2, values, 0, 1, context, 1, 2);
        assertArrayEquals(new float[] {9, -64, 0.5f, 7.9375f, -0.0625f, 9}, context);
    }

    @Test
    void attentionSeesOnlyVisibleKeys() {
        float[] q = {1, 2, 3, 4};
        float[] k = {1, 0, 0, 1, 1, 1};
        float[] scores = {-1, -1, -1, -1, -1, -1};
        PackedKeys keys = kernels.packKeys(k, 3, 1, 2);
        kernels.attentionScores(q, 0, 2, 2, keys, 0, 0.5f, 1, scores, 0, 3);
        assertArrayEquals(new float[] {0.5f, -1, -1, 1.5f, 2, -1}, scores);
        float[] p = {1, 7, 7, 0.25f, 0.75f, 7};
        float[] context = new float[4];
        PackedValues values = kernels.packValues(k, 3, 1, 2);
        kernels.attentionContext(p, 0, 3, 2, values, 0, 1, context, 0, 2);
        assertArrayEquals(new float[] {1, 0, 0.25f, 0.75f}, context);
    }

    @Test
    void normsFollowTheirFormula() {
        int channels = 207;
        float[] x = inputs.floats(channels);
        float[] weight = inputs.floats(channels);
        float[] bias = inputs.floats(channels);
        double mean = 0;
        double square = 0;
        for (float value : x) {
            mean += value / (double) channels;
            square += (double) value * value / channels;
        }
        double variance = square - mean * mean;
        float[] rms = new float[channels];
        float[] layer = new float[channels];
        kernels.rmsNorm(x, 1, channels, weight, 1e-6f, rms);
        kernels.layerNorm(x, 1, channels, weight, bias, 1e-5f, layer);
        for (int c = 0; c < channels; c++) {
            assertEquals(weight[c] * x[c] / Math.sqrt(square + 1e-6f), rms[c], 2e-6);
            double normalized = (x[c] - mean) / Math.sqrt(variance + 1e-5f);
            assertEquals(weight[c] * normalized + bias[c], layer[c], 2e-6);
        }
    }

    @Test
    void rmsNormOfZerosIsZero() {
        float[] y = {1, 1, 1};
        kernels.rmsNorm(new float[3], 1, 3, new float[] {1, 2, 3}, 1e-6f, y);
        assertArrayEquals(new float[3], y);
    }

    @Test
    void rotationTurnsPairsOfHalves() {
        float[] x = {1, 0, 0, 2, 3, 0, 0, 4};
        kernels.rotate(x, 1, 2, 4, new float[] {0, 1}, new float[] {1, 0});
        assertArrayEquals(new float[] {0, 0, 1, 2, 0, 0, 3, 4}, x);
    }

    @Test
    void activationsFollowTheirFormula() {
        float[] gate = {-200, -1, 0, 2};
        kernels.siluMultiply(gate, new float[] {1, 2, 3, 4}, 4);
        assertEquals(0, gate[0], 0.0f);
        assertEquals(-2 / (1 + Math.E), gate[1], 1e-7);
        assertEquals(0, gate[2]);
        assertEquals(8 / (1 + Math.exp(-2)), gate[3], 1e-6);
        float[] gelu = {-30, 0, 1, 30};
        kernels.geluTanh(gelu, 4);
        assertEquals(0, gelu[0], 0.0f);
        assertEquals(0, gelu[1]);
        assertEquals(0.841192, gelu[2], 1e-6);
        assertEquals(30, gelu[3]);
        float[] relu = {-1, 2};
        kernels.relu(relu, 2);
        assertArrayEquals(new float[] {0, 2}, relu);
        float[] scores = {9, 1, 2, 3};
        kernels.addAlibi(scores, 1, 3, new int[] {0, 2, 5}, 5, 0.5f);
        assertArrayEquals(new float[] {9, -1.5f, 0.5f, 3}, scores);
        float[] rows = {1, 2, 3, 4};
        kernels.addBias(rows, 2, 2, new float[] {10, 20});
        assertArrayEquals(new float[] {11, 22, 13, 24}, rows);
        kernels.add(rows, new float[] {1, 1, 1, 1}, 4);
        assertArrayEquals(new float[] {12, 23, 14, 25}, rows);
    }

    @Test
    void packedSizesAreTheBytesKept() {
        int[] group = {0, 33};
        assertEquals(4 * 66, kernels.packFp32(new float[66], 2, 33).bytes());
        assertEquals(2 * 66, kernels.packFp16(new float[66], 2, 33).bytes());
        Int4Weights int4 =
                kernels.packInt4(
                        new byte[66],
                        2,
                        33,
                        new float[2],
                        new byte[2],
                        group,
                        new int[1],
                        new int[1],
                        4);
        assertEquals(2 * 17 + 2 * 4 + 2 + 4 * 4, int4.bytes());
    }

    @Test
    void badOperandsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> kernels.packFp32(new float[5], 2, 3));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        kernels.packInt8(
                                new byte[2],
                                1,
                                2,
                                new float[1],
                                new byte[1],
                                new int[] {0, 1},
                                new int[1],
                                new int[1]));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        kernels.packInt4(
                                new byte[] {8},
                                1,
                                1,
                                new float[1],
                                new byte[1],
                                new int[] {0, 1},
                                new int[1],
                                new int[1],
                                4));
        Fp32Weights packed = kernels.packFp32(new float[6], 2, 3);
        assertThrows(
                IllegalArgumentException.class,
                () -> kernels.multiply(new float[3], 2, packed, new float[4]));
        assertTrue(packed.outputs() == 2 && packed.inputs() == 3);
    }
}

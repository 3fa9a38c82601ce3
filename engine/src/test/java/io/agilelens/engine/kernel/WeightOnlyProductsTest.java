package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of floats with grouped codes, at every width and scalar, against the formula. */
@ParameterizedClass
@MethodSource("widths")
class WeightOnlyProductsTest {

    private final Kernels kernels;
    private final KernelInputs inputs = new KernelInputs(13);

    WeightOnlyProductsTest(int bits) {
        kernels = KernelProvider.of(bits);
    }

    static List<Integer> widths() {
        return KernelProvider.availableBits();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "1, 13, 3",
        "1, 33, 1021",
        "1, 601, 130",
        "3, 31, 13",
        "2, 1, 207",
        "7, 65, 31",
        "13, 129, 33",
        "31, 13, 207",
        "1, 64, 512"
    })
    void productsAreThoseOfWhatTheCodesStandFor(int tokens, int outputs, int k) {
        for (int bits : new int[] {2, 3, 4, 5, 8}) {
            product(tokens, outputs, k, bits, KernelInputs.blocks(k, 32));
            product(tokens, outputs, k, bits, new int[] {0, k});
            product(tokens, outputs, k, bits, inputs.unevenBlocks(k, 150));
        }
    }

    private void product(int tokens, int outputs, int k, int bits, int[] starts) {
        int groups = starts.length - 1;
        int largest = (1 << bits) - 1;
        float[] x = inputs.floats(tokens * k);
        byte[] codes = unsigned(outputs * k, largest);
        byte[] zeroPoints = unsigned(outputs * groups, largest);
        float[] scales = inputs.scales(outputs * groups);
        GroupedWeights packed =
                kernels.packGrouped(codes, outputs, k, bits, scales, zeroPoints, starts);
        ShortScales rounded = ShortScales.of(scales, outputs);
        float[] w = new float[outputs * k];
        float[] magnitudes = new float[w.length];
        for (int o = 0; o < outputs; o++) {
            for (int g = 0; g < groups; g++) {
                int zero = zeroPoints[o * groups + g] & 0xFF;
                for (int i = starts[g]; i < starts[g + 1]; i++) {
                    int code = codes[o * k + i] & 0xFF;
                    w[o * k + i] = (code - zero) * rounded.scale(o, g);
                    magnitudes[o * k + i] = (code + zero + 1) * rounded.scale(o, g);
                }
            }
        }
        float[] y = new float[tokens * outputs];
        Arrays.fill(y, Float.NaN);
        kernels.multiply(x, tokens, packed, y);
        double[] expected = KernelInputs.product(x, tokens, w, outputs, k);
        double[] sizes =
                KernelInputs.product(KernelInputs.absolute(x), tokens, magnitudes, outputs, k);
        for (int i = 0; i < y.length; i++) {
            double bound = 6 * Math.sqrt(k) * KernelInputs.UNIT_ROUNDOFF * sizes[i];
            assertEquals(expected[i], y[i], bound, bits + " bits, element " + i);
        }
    }

    private byte[] unsigned(int count, int largest) {
        byte[] values = inputs.bytes(count, -128, 127);
        for (int i = 0; i < count; i++) {
            values[i] &= (byte) largest;
        }
        return values;
    }

    /** Each code and zero point at each place by itself: nothing leaks into a neighbour. */
    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void everyCodeStandsAtItsPlace(int bits) {
        int k = 3;
        int outputs = 130;
        int[] starts = {0, 2, 3};
        float[] scales = new float[outputs * 2];
        Arrays.fill(scales, 1);
        int largest = (1 << bits) - 1;
        for (int tokens : new int[] {1, 2}) {
            for (int output = 0; output < outputs; output++) {
                byte[] codes = new byte[outputs * k];
                byte[] zeroPoints = new byte[outputs * 2];
                codes[output * k + 1] = (byte) largest;
                zeroPoints[output * 2 + 1] = (byte) largest;
                float[] x = {100, 1, 0.5f, 200, 2, 0.25f};
                float[] y = new float[tokens * outputs];
                kernels.multiply(
                        x,
                        tokens,
                        kernels.packGrouped(codes, outputs, k, bits, scales, zeroPoints, starts),
                        y);
                for (int o = 0; o < outputs; o++) {
                    assertEquals(o == output ? largest * 0.5f : 0, y[o], "output " + o);
                    if (tokens == 2) {
                        assertEquals(o == output ? largest * 1.75f : 0, y[outputs + o]);
                    }
                }
            }
        }
    }

    @Test
    void fourBitsTakeHalfAByteAndScalesTwo() {
        if (kernels.vectorBits() == 0) {
            return; // the reference keeps a byte a code
        }
        int outputs = 256;
        int k = 1024;
        int[] starts = KernelInputs.blocks(k, 32);
        GroupedWeights packed =
                kernels.packGrouped(
                        new byte[outputs * k],
                        outputs,
                        k,
                        4,
                        new float[outputs * 32],
                        new byte[outputs * 32],
                        starts);
        double perWeight = (double) packed.bytes() / (outputs * k);
        assertEquals(0.5 + (2 + 0.5) / 32, perWeight, 0.02);
    }

    @Test
    void refusesWhatItCannotHold() {
        byte[] two = {0, 16};
        float[] scale = {1};
        byte[] zero = {0};
        int[] starts = {0, 2};
        refused(two, 4, scale, zero, starts);
        refused(two, 9, scale, zero, starts);
        refused(two, 8, new float[] {Float.NaN}, zero, starts);
        refused(two, 8, scale, zero, new int[] {0, 1});
        refused(two, 8, new float[] {1, 1}, zero, starts);
    }

    private void refused(byte[] codes, int bits, float[] scales, byte[] zeros, int[] starts) {
        assertThrows(
                IllegalArgumentException.class,
                () -> kernels.packGrouped(codes, 1, 2, bits, scales, zeros, starts));
    }
}

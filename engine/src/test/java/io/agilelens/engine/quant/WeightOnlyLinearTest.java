package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.tensor.Matrix;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights in codes and activations in floats give what the weights' floats would give. */
class WeightOnlyLinearTest {
    private static final int OUTPUTS = 37;
    private static final int INPUTS = 109;

    @ParameterizedTest
    @CsvSource({
        "1, 4, 32, false",
        "1, 4, 32, true",
        "5, 4, 32, false",
        "1, 4, -1, false",
        "5, 3, 16, true",
        "1, 8, 32, false",
        "5, 8, -1, false",
        "1, 2, 64, false",
        "7, 8, 16, true"
    })
    void executedIsSimulated(int tokens, int bits, int group, boolean symmetric) {
        Random random = new Random(bits * 100L + group);
        float[] values = gaussian(random, OUTPUTS * INPUTS);
        float[] bias = gaussian(random, OUTPUTS);
        Matrix x = new Matrix(tokens, INPUTS, gaussian(random, tokens * INPUTS));
        QuantizedWeight runs =
                RoundToNearest.quantize(values, OUTPUTS, INPUTS, bits, group, symmetric);
        compare(x, runs, bias);
        compare(x, runs, null);
        compare(x, scattered(random, runs), bias);
    }

    /**
     * Each product and sum rounds once, codes and zero points being added up apart; besides, a
     * scale may be off by 2^-15 of its row's largest.
     */
    private static void compare(Matrix x, QuantizedWeight weight, float[] bias) {
        float[] floats = weight.dequantize();
        for (Kernels kernels : List.of(KernelProvider.of(0), KernelProvider.current().kernels())) {
            float[] simulated = new float[x.rows() * OUTPUTS];
            float[] executed = new float[x.rows() * OUTPUTS];
            new FloatLinear(kernels, WeightPrecision.FP32, floats, OUTPUTS, INPUTS, bias)
                    .apply(new Activation.Floats(x), simulated);
            WeightOnlyLinear linear = new WeightOnlyLinear(kernels, weight, bias);
            linear.apply(new Activation.Floats(x), executed);
            for (int t = 0; t < x.rows(); t++) {
                for (int o = 0; o < OUTPUTS; o++) {
                    double bound = bound(x, t, weight, o, bias == null ? 0 : Math.abs(bias[o]));
                    int at = t * OUTPUTS + o;
                    assertEquals(simulated[at], executed[at], bound, kernels.name() + " " + at);
                }
            }
            assertTrue(linear.bytes() < 4L * INPUTS * OUTPUTS);
        }
    }

    private static double bound(Matrix x, int t, QuantizedWeight weight, int o, double bias) {
        double largest = 0;
        for (int g = 0; g < weight.groups(); g++) {
            largest = Math.max(largest, weight.scales()[o * weight.groups() + g]);
        }
        double sums = bias;
        double scales = 0;
        for (int c = 0; c < INPUTS; c++) {
            int parameter = o * weight.groups() + weight.groupOf()[c];
            int code = weight.code(o, c);
            int zero = weight.zeros()[parameter];
            sums += Math.abs(x.get(t, c)) * (code + zero + 1) * weight.scales()[parameter];
            scales += Math.abs(x.get(t, c)) * Math.abs(code - zero) * largest;
        }
        return (INPUTS + 8) * 0x1p-24 * sums + 0x1p-15 * scales;
    }

    /** The same scales for groups in any order. */
    private static QuantizedWeight scattered(Random random, QuantizedWeight weight) {
        int[] groupOf = weight.groupOf().clone();
        for (int c = groupOf.length - 1; c > 0; c--) {
            int other = random.nextInt(c + 1);
            int group = groupOf[c];
            groupOf[c] = groupOf[other];
            groupOf[other] = group;
        }
        return new QuantizedWeight(
                weight.outputs(),
                weight.inputs(),
                weight.bits(),
                groupOf,
                weight.codes(),
                weight.scales(),
                weight.zeros());
    }

    private static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}

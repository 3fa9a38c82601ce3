package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedValues;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.ProbabilityBlock;
import io.agilelens.engine.model.SoftmaxTransform;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulated and executed quantization are the same arithmetic, but for float rounding. */
class IntegerLinearTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();
    private static final int TOKENS = 5;
    private static final int OUTPUTS = 7;

    /** No multiple of the group sizes, so the last group is short. */
    private static final int INPUTS = 44;

    static Stream<Arguments> configurations() {
        List<Arguments> all = new ArrayList<>();
        for (int weightBits : new int[] {2, 3, 4, 8}) {
            for (int group : new int[] {16, 32, -1}) {
                for (int activationBits : new int[] {4, 8}) {
                    for (boolean symmetric : new boolean[] {false, true}) {
                        all.add(Arguments.of(weightBits, group, activationBits, symmetric));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void executedTripIsSimulatedTrip(
            int weightBits, int group, int activationBits, boolean symmetric) {
        for (int k : new int[] {0, 1, 3, 5}) {
            Random random = new Random(weightBits * 1000L + group * 10L + k);
            Matrix x = activations(random);
            TripQuantizer trip =
                    TripFit.fit(-30, 40, k, new IntegerRange(activationBits, true), x).quantizer();
            assertEquals(
                    k,
                    Arrays.stream(trip.exponents()).max().orElseThrow(),
                    "the loud channel takes the coarsest step");
            double[][] magnitudes = new double[TOKENS][INPUTS];
            for (int t = 0; t < TOKENS; t++) {
                for (int c = 0; c < INPUTS; c++) {
                    int code = trip.encode(c, x.get(t, c));
                    magnitudes[t][c] = (Math.abs(code) + Math.abs(trip.zero())) * trip.step(c);
                }
            }
            compare(random, x, trip, weightBits, group, symmetric, magnitudes);
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void executedUniformIsSimulatedUniform(
            int weightBits, int group, int activationBits, boolean symmetric) {
        Random random = new Random(weightBits * 1000L + group);
        Matrix x = activations(random);
        IntegerRange range = new IntegerRange(activationBits, true);
        float[] minimum = new float[INPUTS];
        float[] maximum = new float[INPUTS];
        Arrays.fill(minimum, -30);
        Arrays.fill(maximum, 40);
        ActivationQuantizer tensor = ChannelwiseQuantizer.fit(minimum, maximum, INPUTS, range);
        ActivationQuantizer token = new TokenwiseQuantizer(range);
        for (ActivationQuantizer quantizer : List.of(tensor, token)) {
            Matrix simulated = quantizer.simulate(KERNELS, x);
            double[][] magnitudes = new double[TOKENS][INPUTS];
            for (int t = 0; t < TOKENS; t++) {
                for (int c = 0; c < INPUTS; c++) {
                    magnitudes[t][c] = Math.abs(simulated.get(t, c));
                }
            }
            compare(random, x, quantizer, weightBits, group, symmetric, magnitudes);
        }
    }

    /**
     * Runs one linear both ways. Each product and sum rounds once, relative to what has been added
     * up; in the executed form the zero point's share is added and taken off again, so it belongs
     * to that: the bound is {@code (inputs + 8) · 2^-24 · Σ magnitude · |ŵ|}.
     *
     * @param magnitudes what of each activation goes through the sums
     */
    private static void compare(
            Random random,
            Matrix x,
            ActivationQuantizer quantizer,
            int weightBits,
            int group,
            boolean symmetric,
            double[][] magnitudes) {
        float[] weights = new float[OUTPUTS * INPUTS];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        float[] bias = new float[OUTPUTS];
        for (int o = 0; o < bias.length; o++) {
            bias[o] = (float) random.nextGaussian();
        }
        QuantizedWeight runs =
                RoundToNearest.quantize(weights, OUTPUTS, INPUTS, weightBits, group, symmetric);
        compare(x, quantizer, weightBits, runs, bias, magnitudes);
        compare(x, quantizer, weightBits, scattered(random, runs), bias, magnitudes);
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

    private static void compare(
            Matrix x,
            ActivationQuantizer quantizer,
            int weightBits,
            QuantizedWeight weight,
            float[] bias,
            double[][] magnitudes) {
        float[] dequantized = weight.dequantize();
        Matrix simulatedInput = quantizer.simulate(KERNELS, x);
        for (Kernels kernels : List.of(KernelProvider.of(0), KernelProvider.current().kernels())) {
            float[] simulated = new float[TOKENS * OUTPUTS];
            new FloatLinear(kernels, WeightPrecision.FP32, dequantized, OUTPUTS, INPUTS, bias)
                    .apply(new Activation.Floats(simulatedInput), simulated);
            var site = new IntegerSite(unmarked(INPUTS, quantizer), weight.groupOf(), "here");
            var linear = site.linear(kernels, weight, bias);
            assertEquals(INPUTS, linear.inputs());
            assertEquals(OUTPUTS, linear.outputs());
            Activation codes = site.apply(x);
            assertArrayEquals(simulatedInput.data(), codes.values().data());
            float[] executed = new float[TOKENS * OUTPUTS];
            linear.apply(codes, executed);
            for (int t = 0; t < TOKENS; t++) {
                for (int o = 0; o < OUTPUTS; o++) {
                    double sum = Math.abs(bias[o]);
                    for (int c = 0; c < INPUTS; c++) {
                        sum += magnitudes[t][c] * Math.abs(dequantized[o * INPUTS + c]);
                    }
                    assertEquals(
                            simulated[t * OUTPUTS + o],
                            executed[t * OUTPUTS + o],
                            (INPUTS + 8) * 0x1p-24 * sum,
                            "%s, token %d, output %d".formatted(kernels.name(), t, o));
                }
            }
        }
    }

    @Test
    void refusesAFreeScalePerChannel() {
        var channelwise =
                ChannelwiseQuantizer.fit(
                        new float[] {-1, -2}, new float[] {1, 2}, 1, new IntegerRange(8, true));
        UserException refused =
                assertThrows(
                        UserException.class,
                        () ->
                                new IntegerSite(
                                        unmarked(2, channelwise), new int[] {0, 0}, "layer 3, X"));
        assertTrue(
                refused.getMessage().startsWith("layer 3, X: activations.granularity channel"),
                refused.getMessage());
    }

    @Test
    void eightBitWeightsCarryTheLargestShifts() {
        QuantizedWeight weight = RoundToNearest.quantize(new float[] {1, 2}, 1, 2, 8, -1, false);
        var widest = new TripQuantizer(1, 0, new int[] {7, 8}, new IntegerRange(8, true));
        var site = new IntegerSite(unmarked(2, widest), weight.groupOf(), "layer 0, MLP_INPUT");
        float[] output = new float[1];
        site.linear(KernelProvider.of(0), weight, null)
                .apply(site.apply(new Matrix(1, 2, new float[] {128, 256})), output);
        assertEquals(128 * 1 + 256 * 2, output[0], 4);
    }

    @Test
    void readsCodesOnly() {
        QuantizedWeight weight = RoundToNearest.quantize(new float[] {1, 2}, 1, 2, 8, -1, false);
        var site =
                new IntegerSite(
                        unmarked(
                                weight.inputs(), new TokenwiseQuantizer(new IntegerRange(8, true))),
                        weight.groupOf(),
                        "here");
        var linear = site.linear(KernelProvider.of(0), weight, null);
        assertThrows(
                IllegalStateException.class,
                () -> linear.apply(new Activation.Floats(Matrix.zeros(1, 2)), new float[1]));
    }

    @Test
    void ordersChannelsIntoRunsOfOneGroupAndOneShift() {
        ChannelOrder order =
                ChannelOrder.of(new int[] {0, 0, 0, 0, 1, 1}, new int[] {2, 0, 2, 0, 1, 1});
        assertArrayEquals(new int[] {1, 3, 0, 2, 4, 5}, order.channels());
        assertArrayEquals(new int[] {0, 2, 4, 6}, order.runStarts());
        assertArrayEquals(new int[] {0, 0, 1}, order.runGroups());
        assertArrayEquals(new int[] {0, 2, 1}, order.runShifts());
        ChannelOrder scattered =
                ChannelOrder.of(new int[] {1, 0, 1, 0, 0, 1}, new int[] {2, 0, 2, 0, 1, 1});
        assertArrayEquals(new int[] {1, 3, 4, 5, 0, 2}, scattered.channels());
        assertArrayEquals(new int[] {0, 2, 3, 4, 6}, scattered.runStarts());
        assertArrayEquals(new int[] {0, 0, 1, 1}, scattered.runGroups());
        assertArrayEquals(new int[] {0, 1, 1, 2}, scattered.runShifts());
    }

    @Test
    void refusesLinearsWhoseGroupsDiffer() {
        var weight = RoundToNearest.quantize(new float[] {1, 2, 3, 4}, 1, 4, 8, 2, false);
        var site =
                new IntegerSite(
                        unmarked(
                                weight.inputs(), new TokenwiseQuantizer(new IntegerRange(8, true))),
                        new int[] {0, 1, 1, 0},
                        "layer 1, X");
        UserException refused =
                assertThrows(
                        UserException.class, () -> site.linear(KernelProvider.of(0), weight, null));
        assertTrue(refused.getMessage().startsWith("layer 1, X: the linears"));
    }

    @Test
    void executedLog2AttentionIsSimulatedLog2Attention() {
        int queries = 6;
        int keys = 9;
        int dimension = 8;
        int heads = 2;
        Random random = new Random(12);
        float[] low = new float[heads * dimension];
        float[] high = new float[heads * dimension];
        Arrays.fill(low, -3);
        Arrays.fill(high, 2);
        low[dimension] = -7;
        var quantizer = ChannelwiseQuantizer.fit(low, high, dimension, new IntegerRange(8, true));
        float[] floats = new float[keys * heads * dimension];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) random.nextGaussian() * 2;
        }
        float[] values =
                quantizer.simulate(KERNELS, new Matrix(keys, heads * dimension, floats)).data();
        for (int bits : new int[] {2, 3, 4}) {
            for (Kernels kernels :
                    List.of(KernelProvider.of(0), KernelProvider.current().kernels())) {
                for (int head = 0; head < heads; head++) {
                    float[] p = new float[queries * keys];
                    for (int i = 0; i < p.length; i++) {
                        p[i] = (float) Math.exp(-14 * random.nextDouble());
                    }
                    var log2 = new Log2Quantizer(bits);
                    float[] expected = new float[queries * dimension];
                    float[] actual = new float[queries * dimension];
                    int firstVisible = keys - queries + 1;
                    var simulated =
                            new ProbabilityBlock(
                                    0, head, 0, queries, keys, firstVisible, p.clone(), keys);
                    for (int i = 0; i < queries; i++) {
                        for (int j = 0; j < simulated.visible(i); j++) {
                            simulated.values()[i * keys + j] = log2.apply(p[i * keys + j]);
                        }
                    }
                    context(SoftmaxTransform.NONE, kernels, simulated, values, head, expected);
                    var executed =
                            new ProbabilityBlock(
                                    0, head, 0, queries, keys, firstVisible, p.clone(), keys);
                    SoftmaxTransform integers = new Log2Softmax(kernels, log2, quantizer);
                    integers.apply(executed);
                    for (int i = 0; i < queries; i++) {
                        for (int j = 0; j < executed.visible(i); j++) {
                            assertEquals(
                                    simulated.values()[i * keys + j],
                                    executed.values()[i * keys + j]);
                        }
                    }
                    context(integers, kernels, executed, values, head, actual);
                    // Nine products of at most 1 · 7, each rounded once and added once.
                    assertArrayEquals(expected, actual, 2 * 9 * 9 * 7 * 0x1p-24f);
                }
            }
        }
    }

    private static SiteQuantizer unmarked(int channels, ActivationQuantizer quantizer) {
        return new SiteQuantizer(KERNELS, channels, quantizer, Optional.empty());
    }

    private static void context(
            SoftmaxTransform softmax,
            Kernels kernels,
            ProbabilityBlock block,
            float[] values,
            int head,
            float[] context) {
        int dimension = context.length / block.queries();
        PackedValues packed = softmax.pack(kernels, values, block.keys(), 2, dimension);
        kernels.attentionContext(
                block.values(),
                0,
                block.stride(),
                block.queries(),
                packed,
                head,
                block.firstVisible(),
                context,
                0,
                dimension);
    }

    /** Gaussian activations with one loud channel and one silent one. */
    private static Matrix activations(Random random) {
        float[] values = new float[TOKENS * INPUTS];
        for (int i = 0; i < values.length; i++) {
            int channel = i % INPUTS;
            float loudness = channel == 3 ? 40 : channel == 9 ? 0 : 1 + channel % 4;
            values[i] = (float) random.nextGaussian() * loudness;
        }
        values[3] = 40;
        values[INPUTS + 3] = -30;
        return new Matrix(TOKENS, INPUTS, values);
    }
}

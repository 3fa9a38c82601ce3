package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.TokenMarks;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.model.Workspace;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Zero points, scales of tokens, exponent sets with gaps, and marked tokens. */
class ActivationVariantsTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();
    private static final int TOKENS = 6;
    private static final int INPUTS = 44;
    private static final int OUTPUTS = 5;

    static Stream<Arguments> sites() {
        List<Arguments> all = new ArrayList<>();
        for (int bits : new int[] {3, 4, 8}) {
            Matrix x = activations(new Random(bits));
            for (int coarse : new int[] {0, 2, 3}) {
                all.add(Arguments.of("asymmetric tensor", x, tensor(bits, coarse)));
                all.add(Arguments.of("symmetric token", x, token(bits, true, coarse)));
                all.add(Arguments.of("asymmetric token", x, token(bits, false, coarse)));
                all.add(Arguments.of("TRIP 0126", x, trip(x, bits, coarse, 0, 1, 2, 6)));
                all.add(Arguments.of("TRIP 14", x, trip(x, bits, coarse, 1, 4)));
                all.add(Arguments.of("TRIP token", x, tripToken(x, bits, coarse)));
            }
        }
        return all.stream();
    }

    private static SiteQuantizer tensor(int bits, int coarse) {
        return new SiteQuantizer(
                KERNELS, INPUTS, tensor(bits), optional(coarse, tensor(Math.max(2, coarse))));
    }

    private static ActivationQuantizer tensor(int bits) {
        float[] low = new float[INPUTS];
        float[] high = new float[INPUTS];
        Arrays.fill(low, -9);
        Arrays.fill(high, 40);
        return ChannelwiseQuantizer.fit(low, high, INPUTS, new IntegerRange(bits, false));
    }

    private static SiteQuantizer token(int bits, boolean symmetric, int coarse) {
        return new SiteQuantizer(
                KERNELS,
                INPUTS,
                new TokenwiseQuantizer(new IntegerRange(bits, symmetric)),
                optional(
                        coarse,
                        new TokenwiseQuantizer(new IntegerRange(Math.max(2, coarse), symmetric))));
    }

    private static SiteQuantizer trip(Matrix x, int bits, int coarse, int... candidates) {
        var trip = TripFit.fit(-30, 40, candidates, new IntegerRange(bits, true), x).quantizer();
        int largest = candidates[candidates.length - 1];
        return new SiteQuantizer(
                KERNELS,
                INPUTS,
                trip,
                optional(coarse, trip.coarser(-30, 40, largest, Math.max(2, coarse))));
    }

    private static SiteQuantizer tripToken(Matrix x, int bits, int coarse) {
        var trip = TripFit.fit(-30, 40, 3, new IntegerRange(bits, true), x).quantizer();
        return new SiteQuantizer(
                KERNELS,
                INPUTS,
                trip.tokenwise(),
                optional(coarse, trip.coarser(-30, 40, 3, Math.max(2, coarse)).tokenwise()));
    }

    private static Optional<ActivationQuantizer> optional(int bits, ActivationQuantizer coarse) {
        return bits == 0 ? Optional.empty() : Optional.of(coarse);
    }

    /** Bound as in {@link IntegerLinearTest}: rounding of all that goes through the sums. */
    @ParameterizedTest(name = "{0}, {2}")
    @MethodSource("sites")
    void executionIsSimulation(String name, Matrix x, SiteQuantizer quantizer) {
        TokenMarks marks = TokenMarks.of(1, 4);
        Random random = new Random(5);
        float[] weights = new float[OUTPUTS * INPUTS];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        Matrix simulatedInput = quantizer.simulate(x, marks);
        for (int weightBits : new int[] {4, 8}) {
            QuantizedWeight weight =
                    RoundToNearest.quantize(weights, OUTPUTS, INPUTS, weightBits, 16, false);
            float[] dequantized = weight.dequantize();
            for (Kernels kernels :
                    List.of(KernelProvider.of(0), KernelProvider.current().kernels())) {
                float[] simulated = new float[TOKENS * OUTPUTS];
                new FloatLinear(kernels, WeightPrecision.FP32, dequantized, OUTPUTS, INPUTS, null)
                        .apply(new Activation.Floats(simulatedInput), simulated);
                var site = new IntegerSite(quantizer, weight.groupOf(), name);
                var codes = (ActivationCodes) site.apply(x, marks, new Workspace());
                assertArrayEquals(simulatedInput.data(), codes.values().data());
                float[] executed = new float[TOKENS * OUTPUTS];
                site.linear(kernels, weight, null).apply(codes, executed);
                for (int t = 0; t < TOKENS; t++) {
                    for (int o = 0; o < OUTPUTS; o++) {
                        double sum = 0;
                        for (int c = 0; c < INPUTS; c++) {
                            double through =
                                    Math.abs(simulatedInput.get(t, c))
                                            + 2.0
                                                    * Math.abs(codes.zeros()[t])
                                                    * codes.scales()[t]
                                                    * 64;
                            sum += through * Math.abs(dequantized[o * INPUTS + c]);
                        }
                        assertEquals(
                                simulated[t * OUTPUTS + o],
                                executed[t * OUTPUTS + o],
                                (INPUTS + 8) * 0x1p-24 * sum);
                    }
                }
            }
        }
    }

    private static AffineQuantizer ofToken(TokenwiseQuantizer quantizer, Matrix x, int token) {
        return quantizer.ofToken(KERNELS, quantizer.inverseFactors(x.columns()), x, token);
    }

    @Test
    void marksChooseTheCoarserQuantizer() {
        Matrix x = activations(new Random(3));
        SiteQuantizer quantizer = trip(x, 8, 3, 0, 1, 2, 6);
        Matrix mixed = quantizer.simulate(x, TokenMarks.of(2));
        for (int t = 0; t < TOKENS; t++) {
            ActivationQuantizer expected =
                    t == 2 ? quantizer.marked().orElseThrow() : quantizer.quantizer();
            for (int c = 0; c < INPUTS; c++) {
                assertEquals(expected.simulate(KERNELS, x).get(t, c), mixed.get(t, c));
            }
        }
        assertArrayEquals(
                quantizer.quantizer().simulate(KERNELS, x).data(),
                quantizer.simulate(x, TokenMarks.NONE).data());
    }

    /** Half a step everywhere: zero is in the range, so nothing is cut off. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tokensAreNeverCutOff(boolean trip) {
        Random random = new Random(8);
        for (int trial = 0; trial < 200; trial++) {
            int bits = 2 + random.nextInt(7);
            Matrix x = activations(random);
            float offset = (float) random.nextGaussian() * 30;
            for (int i = 0; i < x.data().length; i++) {
                x.data()[i] += offset;
            }
            var quantizer =
                    trip
                            ? TripFit.fit(-60, 80, 4, new IntegerRange(bits, true), x)
                                    .quantizer()
                                    .tokenwise()
                            : new TokenwiseQuantizer(new IntegerRange(bits, false));
            Matrix rounded = quantizer.simulate(KERNELS, x);
            for (int t = 0; t < TOKENS; t++) {
                AffineQuantizer token = ofToken(quantizer, x, t);
                for (int c = 0; c < INPUTS; c++) {
                    int exponent = trip ? quantizer.exponents()[c] : 0;
                    double step = Math.scalb((double) token.scale(), exponent);
                    // The zero point is rounded too: half a step for it, half for the value.
                    assertEquals(x.get(t, c), rounded.get(t, c), step * 1.0001);
                }
            }
        }
    }

    @Test
    void asymmetricTokensFollowTheFormula() {
        Matrix x = new Matrix(3, 2, new float[] {-1, 14, 3, 6, -8, -5});
        var quantizer = new TokenwiseQuantizer(new IntegerRange(4, false));
        assertEquals(new AffineQuantizer(1, 1, quantizer.range()), ofToken(quantizer, x, 0));
        assertEquals(new AffineQuantizer(6 / 15f, 0, quantizer.range()), ofToken(quantizer, x, 1));
        assertEquals(new AffineQuantizer(8 / 15f, 15, quantizer.range()), ofToken(quantizer, x, 2));
        assertArrayEquals(
                new float[] {-1, 14, 3.2f, 6, -8, -9 * 8 / 15f},
                quantizer.simulate(KERNELS, x).data(),
                1e-6f);
    }

    @Test
    void silenceStaysSilent() {
        Matrix x = Matrix.zeros(2, 3);
        var range = new IntegerRange(4, false);
        assertArrayEquals(x.data(), new TokenwiseQuantizer(range).simulate(KERNELS, x).data());
        assertArrayEquals(
                x.data(),
                new TokenwiseQuantizer(range, new int[] {0, 3, 8}).simulate(KERNELS, x).data());
        var trip = TripFit.fit(0, 0, new int[] {2, 5}, new IntegerRange(4, true), x).quantizer();
        assertArrayEquals(new int[] {2, 2, 2}, trip.exponents());
        assertArrayEquals(x.data(), trip.simulate(KERNELS, x).data());
    }

    /** Exactly the candidates, the best of them, the smallest of equally good ones. */
    @Test
    void exponentSetsWithGapsKeepToTheirCandidates() {
        Random random = new Random(12);
        for (int trial = 0; trial < 300; trial++) {
            TreeSet<Integer> set = new TreeSet<>();
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                set.add(random.nextInt(9));
            }
            int[] candidates = set.stream().mapToInt(Integer::intValue).toArray();
            var range = new IntegerRange(2 + random.nextInt(7), random.nextBoolean());
            Matrix x = activations(random);
            TripFit fit = TripFit.fit(-30, 40, candidates, range, x);
            assertArrayEquals(candidates, fit.candidates());
            TripQuantizer trip = fit.quantizer();
            float top = 70f / range.steps();
            assertEquals(Math.scalb(top, -set.last()), trip.base());
            for (int c = 0; c < INPUTS; c++) {
                assertTrue(set.contains(trip.exponent(c)));
                double best = Double.POSITIVE_INFINITY;
                int chosen = -1;
                for (int exponent : candidates) {
                    double error = 0;
                    var candidate =
                            new AffineQuantizer(
                                    Math.scalb(trip.base(), exponent), trip.zero(), range);
                    for (int t = 0; t < TOKENS; t++) {
                        double difference = x.get(t, c) - candidate.apply(x.get(t, c));
                        error += difference * difference;
                    }
                    if (error < best) {
                        best = error;
                        chosen = exponent;
                    }
                }
                assertEquals(chosen, trip.exponent(c));
            }
        }
    }

    @Test
    void allExponentsAreTheSetWithoutGaps() {
        Matrix x = activations(new Random(4));
        var range = new IntegerRange(8, true);
        TripFit byLargest = TripFit.fit(-30, 40, 3, range, x);
        TripFit bySet = TripFit.fit(-30, 40, new int[] {0, 1, 2, 3}, range, x);
        assertArrayEquals(byLargest.quantizer().exponents(), bySet.quantizer().exponents());
        assertEquals(byLargest.quantizer().base(), bySet.quantizer().base());
    }

    /** A coarser twin represents the same range with the same factors. */
    @Test
    void theCoarserTripCoversTheSameRange() {
        Matrix x = activations(new Random(4));
        TripQuantizer fine = TripFit.fit(-30, 40, 3, new IntegerRange(8, true), x).quantizer();
        TripQuantizer coarse = fine.coarser(-30, 40, 3, 4);
        assertArrayEquals(fine.exponents(), coarse.exponents());
        assertEquals(fine.base() * 255, coarse.base() * 15, 1e-5);
        for (int c = 0; c < INPUTS; c++) {
            double half = coarse.step(c);
            assertEquals(fine.level(c, -128), coarse.level(c, -8), half);
            assertEquals(fine.level(c, 127), coarse.level(c, 7), half);
        }
    }

    private static Matrix activations(Random random) {
        float[] values = new float[TOKENS * INPUTS];
        for (int i = 0; i < values.length; i++) {
            int channel = i % INPUTS;
            float loudness = channel == 3 ? 20 : channel == 9 ? 0 : 1 + channel % 4;
            values[i] = (float) random.nextGaussian() * loudness;
        }
        return new Matrix(TOKENS, INPUTS, values);
    }
}

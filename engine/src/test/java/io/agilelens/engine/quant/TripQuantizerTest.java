package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** TRIP against values by hand and against its formula written once more in double precision. */
class TripQuantizerTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();

    @Test
    void choosesTheFinestStepThatHoldsAChannel() {
        // Channel 0 spans the range, channel 1 an eighth of it, channel 2 nothing.
        Matrix x = new Matrix(2, 3, new float[] {-8, -1, 0, 7, 0.875f, 0});
        TripFit fit = TripFit.fit(-8, 7, 3, new IntegerRange(4, true), x);
        TripQuantizer trip = fit.quantizer();
        assertEquals(0.125f, trip.base());
        assertEquals(0, trip.zero());
        assertArrayEquals(new int[] {3, 0, 0}, trip.exponents());
        assertArrayEquals(x.data(), trip.simulate(KERNELS, x).data());
        assertEquals(1, trip.step(0));
        assertEquals(0.125f, trip.step(1));
        assertEquals(3, Arrays.stream(trip.exponents()).max().orElseThrow());
    }

    @Test
    void takesTheZeroPointFromTheCoarsestScale() {
        Matrix x = new Matrix(1, 1, new float[] {30});
        var trip = TripFit.fit(0, 30, 3, new IntegerRange(4, true), x).quantizer();
        assertEquals(0.25f, trip.base());
        assertEquals(-8, trip.zero());
        assertEquals(30, trip.simulate(KERNELS, x).data()[0]);
    }

    @Test
    void breaksTiesTowardsTheSmallestExponent() {
        // 0 and every multiple of the coarsest step inside the finest range are exact for all.
        Matrix x = new Matrix(2, 2, new float[] {4, 0, -4, 0});
        var fit = TripFit.fit(-64, 56, 2, new IntegerRange(4, true), x);
        assertEquals(2, fit.quantizer().base());
        assertArrayEquals(new double[] {0, 0, 8}, fit.candidateErrors()[0], 8);
        assertEquals(0, fit.candidateErrors()[0][0]);
        assertArrayEquals(new int[] {0, 0}, fit.quantizer().exponents());
    }

    @Test
    void keepsAPositiveScaleForAConstantMatrix() {
        Matrix x = new Matrix(2, 2, new float[4]);
        for (int k = 0; k <= 5; k++) {
            var trip = TripFit.fit(0, 0, k, new IntegerRange(8, true), x).quantizer();
            assertEquals(Math.scalb(1.1920929e-07f, -k), trip.base());
            assertArrayEquals(new int[2], trip.exponents());
            assertArrayEquals(x.data(), trip.simulate(KERNELS, x).data());
        }
    }

    @Test
    void withoutRefinementIsTheUniformQuantizer() {
        Matrix x = random(new Random(3), 20, 6);
        var range = new IntegerRange(4, false);
        float low = minimum(x);
        float high = maximum(x);
        var trip = TripFit.fit(low, high, 0, range, x).quantizer();
        var uniform = AffineQuantizer.fit(low, high, range);
        assertEquals(uniform.scale(), trip.base());
        assertEquals(uniform.zero(), trip.zero());
        float[] expected = x.data().clone();
        for (int i = 0; i < expected.length; i++) {
            expected[i] = uniform.apply(expected[i]);
        }
        assertArrayEquals(expected, trip.simulate(KERNELS, x).data());
    }

    static Stream<Arguments> configurations() {
        return Stream.of(2, 3, 4, 6, 8)
                .flatMap(
                        bits ->
                                Stream.of(0, 1, 3, 5, 8)
                                        .flatMap(
                                                k ->
                                                        Stream.of(true, false)
                                                                .map(
                                                                        signed ->
                                                                                Arguments.of(
                                                                                        bits, k,
                                                                                        signed))));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void agreesWithTheFormulaInDoublePrecision(int bits, int k, boolean signed) {
        Random random = new Random(31L * bits + k);
        for (int trial = 0; trial < 20; trial++) {
            Matrix x = random(random, 24, 7);
            var range = new IntegerRange(bits, signed);
            TripFit fit = TripFit.fit(minimum(x), maximum(x), k, range, x);
            double top = ((double) maximum(x) - minimum(x)) / range.steps();
            double base = top / (1 << k);
            assertEquals(base, fit.quantizer().base(), base * 2e-7);
            for (int c = 0; c < x.columns(); c++) {
                double best = Double.POSITIVE_INFINITY;
                for (int a = 0; a <= k; a++) {
                    double error = meanSquaredError(x, c, base * (1 << a), fit.quantizer());
                    // A value at a rounding tie may go either way; both cost the same there.
                    assertEquals(
                            error, fit.candidateErrors()[c][a], 1e-4 * error + 1e-12, "a " + a);
                    best = Math.min(best, error);
                }
                double chosen = fit.candidateErrors()[c][fit.quantizer().exponent(c)];
                assertTrue(chosen <= best * 1.0001 + 1e-12, "channel " + c);
            }
        }
    }

    private static double meanSquaredError(Matrix x, int channel, double step, TripQuantizer trip) {
        double sum = 0;
        for (int t = 0; t < x.rows(); t++) {
            double value = x.get(t, channel);
            double code = Math.rint(value / step + trip.zero());
            code = Math.clamp(code, trip.range().minimum(), trip.range().maximum());
            double error = value - (code - trip.zero()) * step;
            sum += error * error;
        }
        return sum / x.rows();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void isNeverWorseOnItsBatchThanWithoutRefinement(int bits, int k, boolean signed) {
        Random random = new Random(17L * bits + k);
        for (int trial = 0; trial < 20; trial++) {
            Matrix x = random(random, 16, 5);
            var range = new IntegerRange(bits, signed);
            var trip = TripFit.fit(minimum(x), maximum(x), k, range, x).quantizer();
            TripQuantizer coarse = trip;
            for (int c = 0; c < x.columns(); c++) {
                coarse = coarse.withExponent(c, k);
            }
            for (int c = 0; c < x.columns(); c++) {
                assertTrue(
                        squaredError(x, c, trip) <= squaredError(x, c, coarse) * (1 + 1e-9),
                        "channel " + c);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void isIdempotentOnItsGrid(int bits, int k, boolean signed) {
        Matrix x = random(new Random(bits + k), 16, 5);
        var trip =
                TripFit.fit(minimum(x), maximum(x), k, new IntegerRange(bits, signed), x)
                        .quantizer();
        float[] once = trip.simulate(KERNELS, x).data();
        assertArrayEquals(once, trip.simulate(KERNELS, new Matrix(16, 5, once.clone())).data());
        for (int c = 0; c < 5; c++) {
            for (int t = 0; t < 16; t++) {
                int code = trip.encode(c, x.get(t, c));
                assertEquals(trip.level(c, code), once[t * 5 + c]);
            }
        }
    }

    @Test
    void signedAndUnsignedCodesMeanTheSame() {
        Matrix x = random(new Random(9), 32, 6);
        var signed = TripFit.fit(minimum(x), maximum(x), 3, new IntegerRange(4, true), x);
        var unsigned = TripFit.fit(minimum(x), maximum(x), 3, new IntegerRange(4, false), x);
        assertEquals(signed.quantizer().zero() + 8, unsigned.quantizer().zero());
        assertArrayEquals(
                signed.quantizer().simulate(KERNELS, x).data(),
                unsigned.quantizer().simulate(KERNELS, x).data());
    }

    @Test
    void copiesItsExponents() {
        int[] exponents = {1, 2};
        var trip = new TripQuantizer(1, 0, exponents, new IntegerRange(4, true));
        exponents[0] = 7;
        trip.exponents()[1] = 7;
        assertArrayEquals(new int[] {1, 2}, trip.exponents());
        assertArrayEquals(new int[] {1, 0}, trip.withExponent(1, 0).exponents());
        assertArrayEquals(new int[] {1, 2}, trip.exponents());
    }

    private static double squaredError(Matrix x, int channel, TripQuantizer trip) {
        Matrix quantized = trip.simulate(KERNELS, x);
        double sum = 0;
        for (int t = 0; t < x.rows(); t++) {
            double error = x.get(t, channel) - quantized.get(t, channel);
            sum += error * error;
        }
        return sum;
    }

    /** Gaussian activations, some channels far louder than others, one silent. */
    private static Matrix random(Random random, int tokens, int channels) {
        float[] values = new float[tokens * channels];
        float[] loudness = new float[channels];
        for (int c = 1; c < channels; c++) {
            loudness[c] = (float) Math.exp(2 * random.nextGaussian());
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * loudness[i % channels];
        }
        return new Matrix(tokens, channels, values);
    }

    private static float minimum(Matrix x) {
        float low = Float.POSITIVE_INFINITY;
        for (float value : x.data()) {
            low = Math.min(low, value);
        }
        return low;
    }

    private static float maximum(Matrix x) {
        float high = Float.NEGATIVE_INFINITY;
        for (float value : x.data()) {
            high = Math.max(high, value);
        }
        return high;
    }
}

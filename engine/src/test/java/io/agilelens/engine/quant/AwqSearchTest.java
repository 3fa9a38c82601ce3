package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scale and clip search of one linear. */
class AwqSearchTest {
    private static final Kernels KERNELS = KernelProvider.of(0);
    private static final int OUTPUTS = 70;
    private static final int INPUTS = 40;

    private final Random random = new Random(17);
    private final float[] weights = new float[OUTPUTS * INPUTS];
    private final Matrix x = Matrix.zeros(60, INPUTS);

    AwqSearchTest() {
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian() * 0.1f;
        }
        for (int i = 0; i < x.data().length; i++) {
            // A few channels are much louder than the others.
            float size = i % INPUTS % 13 == 5 ? 12 : 0.4f;
            x.data()[i] = (float) random.nextGaussian() * size;
        }
    }

    private float[] magnitudes() {
        float[] magnitudes = new float[INPUTS];
        for (int i = 0; i < x.data().length; i++) {
            magnitudes[i % INPUTS] += Math.abs(x.data()[i]) / x.rows();
        }
        return magnitudes;
    }

    private AwqScales search(AwqQuantizer quantizer, float[] magnitudes) {
        return AwqScales.search(magnitudes, scales -> loss(quantizer, scales)).orElseThrow();
    }

    private double loss(AwqQuantizer quantizer, float[] scales) {
        float[] changed = quantizer.simulate(KERNELS, weights, OUTPUTS, INPUTS, scales);
        return OutputError.meanOfSquares(KERNELS, weights, changed, OUTPUTS, List.of(x));
    }

    @ParameterizedTest
    @CsvSource({"4, 8, false", "4, -1, false", "3, 20, false", "4, 8, true"})
    void scalesLowerTheLossAndRatio0IsPlainQuantization(int bits, int group, boolean symmetric) {
        AwqQuantizer quantizer = new AwqQuantizer(bits, group, symmetric);
        AwqScales search = search(quantizer, magnitudes());
        float[] plain = quantizer.quantize(KERNELS, weights, OUTPUTS, INPUTS).dequantize();
        double expected = 0;
        for (int t = 0; t < x.rows(); t++) {
            for (int o = 0; o < OUTPUTS; o++) {
                double difference = 0;
                for (int c = 0; c < INPUTS; c++) {
                    int at = o * INPUTS + c;
                    difference += (double) x.get(t, c) * (plain[at] - weights[at]);
                }
                expected += difference * difference;
            }
        }
        assertEquals(expected / (x.rows() * OUTPUTS), search.losses()[0], 1e-5 * expected);
        assertTrue(search.losses()[search.best()] < 0.8 * search.losses()[0]);
        for (int i = 0; i < AwqScales.RATIOS; i++) {
            double loss = search.losses()[i];
            double best = search.losses()[search.best()];
            assertTrue(i < search.best() ? loss > best : loss >= best);
        }
        assertArrayEquals(AwqScales.of(magnitudes(), search.best()), search.scales());
    }

    @Test
    void scalesAreCentredAndDeadChannelsGetTheFloor() {
        float[] magnitudes = {0, 1, 16, 0.25f};
        assertArrayEquals(new float[] {1, 1, 1, 1}, AwqScales.of(magnitudes, 0));
        float[] scales = AwqScales.of(magnitudes, 10);
        float middle = (float) Math.sqrt(4 * 1e-4f);
        assertArrayEquals(
                new float[] {1e-4f / middle, 1 / middle, 4 / middle, 0.5f / middle}, scales);
        assertArrayEquals(new float[] {1, 1}, AwqScales.of(new float[2], 7));
    }

    @Test
    void deadChannelsAndZeroWeightsChangeNothing() {
        for (int t = 0; t < x.rows(); t++) {
            x.data()[x.offset(t) + 4] = 0;
        }
        AwqQuantizer quantizer = new AwqQuantizer(4, 8, false);
        assertTrue(Double.isFinite(search(quantizer, magnitudes()).losses()[19]));
        Arrays.fill(weights, 0);
        AwqScales search = search(quantizer, magnitudes());
        assertEquals(0, search.best());
        assertArrayEquals(new double[AwqScales.RATIOS], search.losses());
        float[] thresholds = AwqClip.search(KERNELS, quantizer, weights, OUTPUTS, x);
        assertArrayEquals(new float[OUTPUTS * 5], thresholds);
    }

    @Test
    void noLossThatIsANumberMeansNoScales() {
        assertTrue(AwqScales.search(magnitudes(), scales -> Double.NaN).isEmpty());
        assertEquals(
                3,
                AwqScales.search(
                                new float[] {4},
                                new java.util.function.ToDoubleFunction<>() {
                                    private int call;

                                    @Override
                                    public double applyAsDouble(float[] scales) {
                                        return call++ < 3 ? Double.NaN : 1;
                                    }
                                })
                        .orElseThrow()
                        .best());
    }

    /** Every threshold is one of the ten, and its group's error the least of theirs. */
    @ParameterizedTest
    @CsvSource({"4, 8, false", "4, -1, false", "3, 16, false", "4, 8, true"})
    void clippingNeverRaisesAGroupsError(int bits, int group, boolean symmetric) {
        AwqQuantizer quantizer = new AwqQuantizer(bits, group, symmetric);
        float[] thresholds = AwqClip.search(KERNELS, quantizer, weights, OUTPUTS, x);
        int[] starts = quantizer.groupStarts(INPUTS);
        int groups = starts.length - 1;
        assertEquals(OUTPUTS * groups, thresholds.length);
        int narrowed = 0;
        for (int o = 0; o < OUTPUTS; o++) {
            for (int g = 0; g < groups; g++) {
                float[] own =
                        Arrays.copyOfRange(
                                weights, o * INPUTS + starts[g], o * INPUTS + starts[g + 1]);
                float largest = 0;
                for (float weight : own) {
                    largest = Math.max(largest, Math.abs(weight));
                }
                double chosen = Double.NaN;
                double least = Double.POSITIVE_INFINITY;
                for (int step = 0; step < 10; step++) {
                    float most = largest * (float) (1 - step / 20.0);
                    double error = error(quantizer, own, most, starts[g]);
                    least = Math.min(least, error);
                    if (most == thresholds[o * groups + g]) {
                        chosen = error;
                        narrowed += step > 0 ? 1 : 0;
                    }
                }
                assertEquals(least, chosen, 1e-4 * least);
            }
        }
        assertTrue(narrowed > 0, "nothing was clipped");
        float[] clipped = weights.clone();
        AwqClip.apply(quantizer, clipped, OUTPUTS, INPUTS, thresholds);
        for (int i = 0; i < clipped.length; i++) {
            float most = thresholds[i / INPUTS * groups + groupOf(starts, i % INPUTS)];
            assertEquals(Math.clamp(weights[i], -most, most), clipped[i]);
        }
    }

    private static int groupOf(int[] starts, int input) {
        int group = 0;
        while (starts[group + 1] <= input) {
            group++;
        }
        return group;
    }

    private double error(AwqQuantizer quantizer, float[] own, float most, int first) {
        float[] clipped = own.clone();
        for (int i = 0; i < own.length; i++) {
            clipped[i] = Math.clamp(own[i], -most, most);
        }
        float[] changed =
                new AwqQuantizer(quantizer.bits(), -1, quantizer.symmetric())
                        .quantize(KERNELS, clipped, 1, own.length)
                        .dequantize();
        double sum = 0;
        for (int t = 0; t < x.rows(); t++) {
            double difference = 0;
            for (int i = 0; i < own.length; i++) {
                difference += (double) x.get(t, first + i) * (changed[i] - own[i]);
            }
            sum += difference * difference;
        }
        return sum;
    }

    @Test
    void threadsChangeNoBit() {
        int widest = KernelProvider.availableBits().getLast();
        AwqQuantizer quantizer = new AwqQuantizer(4, 8, false);
        float[] scales = AwqScales.of(magnitudes(), 9);
        List<float[]> thresholds = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        for (int threads : new int[] {1, 2, 5}) {
            try (Workers workers = Workers.of(threads)) {
                Kernels kernels = KernelProvider.of(widest, workers);
                float[] changed = quantizer.simulate(kernels, weights, OUTPUTS, INPUTS, scales);
                losses.add(lossByProducts(kernels, changed.clone()));
                losses.add(
                        OutputError.meanOfSquares(kernels, weights, changed, OUTPUTS, List.of(x)));
                thresholds.add(AwqClip.search(kernels, quantizer, weights, OUTPUTS, x));
            }
        }
        for (int i = 1; i < thresholds.size(); i++) {
            assertEquals(losses.get(0), losses.get(2 * i));
            assertEquals(losses.get(1), losses.get(2 * i + 1));
            assertArrayEquals(thresholds.get(0), thresholds.get(i));
        }
    }

    private double lossByProducts(Kernels kernels, float[] changed) {
        InputProducts products = InputProducts.of(kernels, List.of(x), Cancellation.never());
        float[] room = new float[weights.length];
        return OutputError.meanOfSquares(kernels, weights, changed, OUTPUTS, products, room);
    }

    @Test
    void productsOfInputsGiveTheErrorOfTheOutputs() {
        AwqQuantizer quantizer = new AwqQuantizer(4, 8, false);
        assertTrue(InputProducts.pay(List.of(x)));
        for (int bits : KernelProvider.availableBits()) {
            Kernels kernels = KernelProvider.of(bits);
            for (int ratio = 0; ratio < AwqScales.RATIOS; ratio += 3) {
                float[] scales = AwqScales.of(magnitudes(), ratio);
                float[] changed = quantizer.simulate(kernels, weights, OUTPUTS, INPUTS, scales);
                double exact = 0;
                double bound = 0;
                for (int o = 0; o < OUTPUTS; o++) {
                    for (int t = 0; t < x.rows(); t++) {
                        double difference = 0;
                        double size = 0;
                        for (int i = 0; i < INPUTS; i++) {
                            int at = o * INPUTS + i;
                            double product = (double) (changed[at] - weights[at]) * x.get(t, i);
                            difference += product;
                            size += Math.abs(product);
                        }
                        exact += difference * difference;
                        bound += size * size;
                    }
                }
                double count = (double) OUTPUTS * x.rows();
                assertEquals(
                        exact / count,
                        lossByProducts(kernels, changed),
                        (INPUTS + x.rows()) * 0x1p-24 * bound / count);
            }
        }
    }

    @Test
    void clippingCanBeCancelled() {
        Cancellation cancelled = new Cancellation();
        cancelled.cancel();
        AwqQuantizer quantizer = new AwqQuantizer(4, 8, false);
        assertThrows(
                CancellationException.class,
                () -> AwqClip.search(KERNELS, quantizer, weights, OUTPUTS, x, cancelled));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 1023, 1024, 4096})
    void aboutFiveHundredTokensAreSampled(int tokens) {
        int sampled = Math.ceilDiv(tokens, AwqClip.stride(tokens));
        assertTrue(sampled >= Math.min(tokens, 512) && sampled < 1024);
    }

    @Test
    void smoothQuantsScalesHaveItsFloors() {
        float[] scales =
                SmoothQuantScales.of(new float[] {4, 0, 100}, new float[] {0.25f, 1, 0}, 0.5);
        assertArrayEquals(new float[] {4, 1e-5f, (float) (10 / Math.sqrt(1e-5f))}, scales, 1e-3f);
        assertArrayEquals(
                new float[] {4, 1e-5f},
                SmoothQuantScales.of(new float[] {4, 0}, new float[] {9, 9}, 1));
        assertArrayEquals(
                new float[] {1 / 8f}, SmoothQuantScales.of(new float[] {5}, new float[] {8}, 0));
    }
}

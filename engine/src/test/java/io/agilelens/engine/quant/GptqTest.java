package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.DoubleBands;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GptqTest {
    private static final Kernels SCALAR = KernelProvider.of(0);
    private static final Kernels VECTOR = KernelProvider.current().kernels();
    private static final double DAMPING = 0.01;

    /** A linear and what it reads. */
    private record Problem(float[][][] samples, float[][] weight) {

        static Problem random(long seed, int outputs, int inputs) {
            Random random = new Random(seed);
            // Correlated channels of very different size, as real activations have them.
            float[][] mixing = new float[inputs][inputs];
            double[] sizes = new double[inputs];
            for (int i = 0; i < inputs; i++) {
                sizes[i] = Math.exp(random.nextGaussian());
                for (int j = 0; j < inputs; j++) {
                    mixing[i][j] = (float) ((i == j ? 1 : 0) + 0.15 * random.nextGaussian());
                }
            }
            float[][][] samples = new float[3][40][inputs];
            for (float[][] sample : samples) {
                for (float[] token : sample) {
                    double[] source = random.doubles(inputs, -1, 1).toArray();
                    for (int i = 0; i < inputs; i++) {
                        double sum = 0;
                        for (int j = 0; j < inputs; j++) {
                            sum += mixing[i][j] * source[j];
                        }
                        token[i] = (float) (sizes[i] * sum);
                    }
                }
            }
            float[][] weight = new float[outputs][inputs];
            for (float[] row : weight) {
                for (int i = 0; i < inputs; i++) {
                    row[i] = (float) (random.nextGaussian() * 0.3);
                }
            }
            return new Problem(samples, weight);
        }

        int inputs() {
            return weight[0].length;
        }

        float[] flat() {
            float[] flat = new float[weight.length * inputs()];
            for (int r = 0; r < weight.length; r++) {
                System.arraycopy(weight[r], 0, flat, r * inputs(), inputs());
            }
            return flat;
        }

        Hessian hessian(Kernels kernels) {
            Hessian hessian = new Hessian(kernels, inputs());
            for (float[][] sample : samples) {
                float[] values = new float[sample.length * inputs()];
                for (int t = 0; t < sample.length; t++) {
                    System.arraycopy(sample[t], 0, values, t * inputs(), inputs());
                }
                hessian.add(new Matrix(sample.length, inputs(), values));
            }
            return hessian;
        }

        Gptq.Result quantize(Kernels kernels, Gptq.Settings settings, boolean activationOrder) {
            return new Gptq(kernels, settings)
                    .quantize(
                            flat(),
                            weight.length,
                            InverseHessian.of(kernels, hessian(kernels), DAMPING, activationOrder));
        }

        /** The layer's squared error, {@code ½ tr((W − Q) H (W − Q)ᵀ)}. */
        double error(QuantizedWeight quantized) {
            double[][] h = GptqReference.hessian(samples, inputs());
            float[] values = quantized.dequantize();
            double total = 0;
            for (int r = 0; r < weight.length; r++) {
                double[] difference = new double[inputs()];
                for (int c = 0; c < inputs(); c++) {
                    difference[c] = (double) weight[r][c] - values[r * inputs() + c];
                }
                for (int i = 0; i < inputs(); i++) {
                    for (int j = 0; j < inputs(); j++) {
                        total += 0.5 * difference[i] * h[i][j] * difference[j];
                    }
                }
            }
            return total;
        }
    }

    private static Gptq.Settings settings(int bits, int group, int block) {
        return new Gptq.Settings(bits, group, false, false, block);
    }

    /** Where a code lies on a rounding tie, a row may go another way; that must be rare. */
    @ParameterizedTest
    @CsvSource({
        "4, -1, false, false, 128, false",
        "4, -1, false, false, 7, true",
        "4, 16, false, false, 128, false",
        "4, 16, false, false, 8, true",
        "3, 20, true, false, 16, true",
        "2, 9, false, true, 32, true",
        "8, 64, true, true, 1, false",
        "5, 200, false, false, 33, true",
        "6, 1, false, false, 128, false"
    })
    void agreesWithTheMethodLineByLine(
            int bits,
            int group,
            boolean symmetric,
            boolean staticGroups,
            int block,
            boolean activationOrder) {
        var settings = new Gptq.Settings(bits, group, symmetric, staticGroups, block);
        int differing = 0;
        int total = 0;
        for (int seed = 0; seed < 4; seed++) {
            Problem problem = Problem.random(seed, 11, 83);
            if (seed == 3) {
                for (float[][] sample : problem.samples()) {
                    for (float[] token : sample) {
                        token[5] = 0;
                    }
                }
            }
            GptqReference expected =
                    new GptqReference(
                            problem.samples(),
                            problem.weight(),
                            settings,
                            DAMPING,
                            activationOrder);
            for (Kernels kernels : List.of(SCALAR, VECTOR)) {
                Gptq.Result result = problem.quantize(kernels, settings, activationOrder);
                QuantizedWeight actual = result.weight();
                assertArrayEquals(expected.groupOf, actual.groupOf());
                assertEquals(expected.loss, result.loss(), 0.02 * expected.loss + 1e-9);
                for (int r = 0; r < actual.outputs(); r++) {
                    for (int c = 0; c < actual.inputs(); c++) {
                        differing += expected.codes[r][c] == actual.code(r, c) ? 0 : 1;
                        total++;
                    }
                }
            }
        }
        assertTrue(differing <= total / 200, differing + " of " + total + " codes differ");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 8, 20})
    void whereChannelsAreIndependentItIsRoundToNearest(int group) {
        Problem problem = Problem.random(1, 7, 40);
        float[][] one = new float[40][40];
        for (int i = 0; i < 40; i++) {
            one[i][i] = 3;
        }
        Problem independent = new Problem(new float[][][] {one}, problem.weight());
        for (boolean symmetric : new boolean[] {false, true}) {
            QuantizedWeight expected =
                    RoundToNearest.quantize(problem.flat(), 7, 40, 4, group, symmetric);
            QuantizedWeight actual =
                    independent
                            .quantize(
                                    VECTOR,
                                    new Gptq.Settings(4, group, symmetric, false, 16),
                                    false)
                            .weight();
            assertArrayEquals(expected.codes(), actual.codes());
            assertArrayEquals(expected.scales(), actual.scales());
            assertArrayEquals(expected.zeros(), actual.zeros());
            assertArrayEquals(expected.groupOf(), actual.groupOf());
        }
    }

    @Test
    void losesNoMoreThanRoundToNearest() {
        for (int seed = 0; seed < 20; seed++) {
            Problem problem = Problem.random(seed, 6, 48);
            for (int bits : new int[] {2, 3, 4, 8}) {
                double rounded =
                        problem.error(
                                RoundToNearest.quantize(problem.flat(), 6, 48, bits, -1, false));
                for (boolean order : new boolean[] {false, true}) {
                    Gptq.Result result = problem.quantize(VECTOR, settings(bits, -1, 128), order);
                    double error = problem.error(result.weight());
                    assertTrue(
                            error <= rounded,
                            "seed %d, %d bits: %s instead of %s"
                                    .formatted(seed, bits, error, rounded));
                }
            }
        }
    }

    @Test
    void inActivationOrderTheOrderOfChannelsDoesNotMatter() {
        Problem problem = Problem.random(8, 9, 60);
        int[] shuffled = shuffled(60);
        Problem other = new Problem(new float[3][40][60], new float[9][60]);
        for (int c = 0; c < 60; c++) {
            for (int s = 0; s < 3; s++) {
                for (int t = 0; t < 40; t++) {
                    other.samples()[s][t][c] = problem.samples()[s][t][shuffled[c]];
                }
            }
            for (int r = 0; r < 9; r++) {
                other.weight()[r][c] = problem.weight()[r][shuffled[c]];
            }
        }
        for (int group : new int[] {-1, 16}) {
            Gptq.Settings settings = settings(4, group, 32);
            QuantizedWeight expected = problem.quantize(VECTOR, settings, true).weight();
            QuantizedWeight actual = other.quantize(VECTOR, settings, true).weight();
            assertArrayEquals(expected.scales(), actual.scales());
            for (int c = 0; c < 60; c++) {
                assertEquals(expected.groupOf()[shuffled[c]], actual.groupOf()[c]);
                for (int r = 0; r < 9; r++) {
                    assertEquals(expected.code(r, shuffled[c]), actual.code(r, c));
                }
            }
        }
    }

    private static int[] shuffled(int count) {
        Random random = new Random(4);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int place = random.nextInt(i + 1);
            order[i] = order[place];
            order[place] = i;
        }
        return order;
    }

    @Test
    void withoutGroupsTheBlockSizeDoesNotMatter() {
        Problem problem = Problem.random(5, 70, 90);
        QuantizedWeight whole = problem.quantize(VECTOR, settings(4, -1, 128), false).weight();
        for (int block : new int[] {1, 13, 64, 1 << 20}) {
            QuantizedWeight blocked =
                    problem.quantize(VECTOR, settings(4, -1, block), false).weight();
            int differing = 0;
            for (int i = 0; i < whole.codes().length; i++) {
                differing += whole.codes()[i] == blocked.codes()[i] ? 0 : 1;
            }
            assertTrue(differing <= 30, "block %d: %d differ".formatted(block, differing));
        }
    }

    @Test
    void theNumberOfThreadsDoesNotMatter() {
        Problem problem = Problem.random(6, 130, 150);
        try (Workers one = Workers.of(1);
                Workers many = Workers.of(5)) {
            int bits = KernelProvider.availableBits().getLast();
            Gptq.Result alone =
                    problem.quantize(KernelProvider.of(bits, one), settings(4, 32, 64), true);
            Gptq.Result together =
                    problem.quantize(KernelProvider.of(bits, many), settings(4, 32, 64), true);
            assertArrayEquals(alone.weight().codes(), together.weight().codes());
            assertArrayEquals(alone.weight().scales(), together.weight().scales());
            assertEquals(alone.loss(), together.loss());
        }
    }

    @Test
    void deadChannelsBecomeZero() {
        Problem problem = Problem.random(2, 5, 32);
        for (float[][] sample : problem.samples()) {
            for (float[] token : sample) {
                token[3] = 0;
                token[30] = 0;
            }
        }
        for (int group : new int[] {-1, 8}) {
            for (boolean staticGroups : new boolean[] {false, true}) {
                float[] values =
                        problem.quantize(
                                        VECTOR,
                                        new Gptq.Settings(4, group, false, staticGroups, 16),
                                        true)
                                .weight()
                                .dequantize();
                for (int r = 0; r < 5; r++) {
                    assertEquals(0, values[r * 32 + 3]);
                    assertEquals(0, values[r * 32 + 30]);
                }
            }
        }
    }

    @Test
    void nothingToGoByIsNoFailure() {
        Problem problem = Problem.random(2, 5, 32);
        Problem zeroWeight = new Problem(problem.samples(), new float[5][32]);
        assertArrayEquals(
                new float[5 * 32],
                zeroWeight.quantize(VECTOR, settings(4, 8, 16), true).weight().dequantize());
        Problem silent = new Problem(new float[1][7][32], problem.weight());
        assertArrayEquals(
                new float[5 * 32],
                silent.quantize(VECTOR, settings(4, -1, 16), false).weight().dequantize());
        float[][][] oneToken = {{problem.samples()[0][0]}};
        Problem brief = new Problem(oneToken, problem.weight());
        QuantizedWeight weight = brief.quantize(VECTOR, settings(4, -1, 16), true).weight();
        QuantizedWeight rounded = RoundToNearest.quantize(problem.flat(), 5, 32, 4, -1, false);
        assertTrue(brief.error(weight) < 0.1 * brief.error(rounded), "one direction only");
        Problem single = new Problem(new float[][][] {{{2}}}, new float[][] {{0.7f}, {-0.2f}});
        assertEquals(
                0.7f, single.quantize(VECTOR, settings(4, -1, 128), true).weight().dequantize()[0]);
    }

    @Test
    void dampingIsRaisedUntilTheHessianIsPositiveDefinite() {
        int inputs = 2400;
        Random random = new Random(3);
        float[] token = new float[inputs];
        for (int i = 0; i < inputs; i++) {
            token[i] = (float) random.nextGaussian();
        }
        // Of rank 1; rounding its products to float makes some eigenvalues negative.
        Hessian hessian = new Hessian(VECTOR, inputs);
        hessian.add(new Matrix(1, inputs, token));
        InverseHessian inverse = InverseHessian.of(VECTOR, hessian, 1e-6, false);
        assertEquals(1e-5, inverse.damping(), 1e-12);
        assertFalse(Double.isNaN(inverse.factor(0, 0)));
        assertEquals(0.01, InverseHessian.of(VECTOR, hessian, 0.01, false).damping());
    }

    @Test
    void whatOverflowsIsRefused() {
        Hessian hessian = new Hessian(VECTOR, 2);
        hessian.add(new Matrix(1, 2, new float[] {1, 1e30f}));
        UserException refusal =
                assertThrows(
                        UserException.class, () -> InverseHessian.of(VECTOR, hessian, 0.01, false));
        assertTrue(refusal.getMessage().startsWith("channel 1's squares"), refusal.getMessage());
    }

    @Test
    void factorsLargeMatricesLikeSmallOnes() {
        Cancellation never = Cancellation.never();
        for (int n : new int[] {1, 5, 128, 129, 256, 300, 700}) {
            Random random = new Random(n);
            double[] symmetric = new double[n * n];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= i; j++) {
                    double value = random.nextGaussian() * 0.5 + (i == j ? n : 0);
                    symmetric[i * n + j] = value;
                    symmetric[j * n + i] = value;
                }
            }
            for (Kernels kernels : List.of(SCALAR, VECTOR)) {
                DoubleBands lower = lowerTriangle(symmetric, n);
                assertTrue(TriangularFactor.cholesky(kernels, lower, never));
                DoubleBands inverse = lowerTriangle(symmetric, n);
                assertTrue(TriangularFactor.cholesky(kernels, inverse, never));
                TriangularFactor.invert(kernels, inverse, never);
                for (int i = 0; i < n; i += Math.max(1, n / 40)) {
                    for (int j = 0; j <= i; j++) {
                        double product = 0;
                        for (int k = 0; k <= j; k++) {
                            product += lower.get(i, k) * lower.get(j, k);
                        }
                        assertEquals(symmetric[i * n + j], product, 1e-11 * n);
                        double one = 0;
                        for (int k = j; k <= i; k++) {
                            one += lower.get(i, k) * inverse.get(k, j);
                        }
                        assertEquals(i == j ? 1 : 0, one, 1e-11);
                    }
                    for (int j = i + 1; j < DoubleBands.endOfStrip(i, n); j++) {
                        assertEquals(0, inverse.get(i, j));
                    }
                }
            }
            symmetric[(n - 1) * n + n - 1] = -1;
            assertFalse(TriangularFactor.cholesky(VECTOR, lowerTriangle(symmetric, n), never));
            Arrays.fill(symmetric, Double.NaN);
            assertFalse(TriangularFactor.cholesky(VECTOR, lowerTriangle(symmetric, n), never));
        }
    }

    /** What there is above the diagonal is no number. */
    private static DoubleBands lowerTriangle(double[] whole, int n) {
        DoubleBands triangle = DoubleBands.lowerTriangle(n);
        for (int i = 0; i < n; i++) {
            Arrays.fill(triangle.array(i), Double.NaN);
        }
        for (int i = 0; i < n; i++) {
            System.arraycopy(whole, i * n, triangle.array(i), triangle.index(i, 0), i + 1);
        }
        return triangle;
    }

    @Test
    void everyStepCanBeCancelled() {
        Problem problem = Problem.random(8, 70, 40);
        Hessian whole = problem.hessian(VECTOR);
        InverseHessian inverse = InverseHessian.of(VECTOR, whole, DAMPING, false);
        Cancellation cancelled = new Cancellation();
        cancelled.cancel();
        Hessian stopped = new Hessian(VECTOR, 40, cancelled);
        Matrix inputs = new Matrix(1, 40, new float[40]);
        assertThrows(CancellationException.class, () -> stopped.add(inputs));
        assertThrows(
                CancellationException.class,
                () -> InverseHessian.of(VECTOR, whole, DAMPING, false, cancelled));
        Gptq gptq = new Gptq(VECTOR, settings(4, 16, 32), cancelled);
        assertThrows(CancellationException.class, () -> gptq.quantize(problem.flat(), 70, inverse));
    }
}

package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What it is worth to leave a few input channels of a linear layer unrounded, and what AWQ's scales
 * do instead: the observation that AWQ starts from. Errors are mean squared differences of the
 * layer's outputs, all on the same inputs.
 *
 * @param channels input channels of the layer
 * @param byActivation the channels with the largest mean |x|, as many as are kept
 * @param all error with every channel rounded
 * @param withoutActivation error with {@code byActivation} left unrounded
 * @param withoutWeight error with the channels of the largest mean |w| left unrounded instead
 * @param withoutChance the same with channels drawn by chance, the mean of several draws
 * @param scales what AWQ's search finds for this layer by itself, nothing left unrounded; empty if
 *     no error is a number
 */
public record SalientChannels(
        int channels,
        SortedSet<Integer> byActivation,
        double all,
        double withoutActivation,
        double withoutWeight,
        double withoutChance,
        Optional<AwqScales> scales) {
    private static final int DRAWS = 8;

    public SalientChannels {
        byActivation = Collections.unmodifiableSortedSet(new TreeSet<>(byActivation));
    }

    /** How many channels are kept. */
    public int kept() {
        return byActivation.size();
    }

    /** One layer with its inputs, rounded in any way. */
    private record Layer(Kernels kernels, float[] weights, float[] rounded, int outputs, Matrix x) {

        int inputs() {
            return x.columns();
        }

        double error(Iterable<Integer> kept) {
            float[] changed = rounded.clone();
            for (int c : kept) {
                for (int i = c; i < changed.length; i += inputs()) {
                    changed[i] = weights[i];
                }
            }
            return OutputError.meanOfSquares(kernels, weights, changed, outputs, List.of(x));
        }
    }

    /**
     * Measures one linear layer.
     *
     * @param quantizer rounds its weights
     * @param weights {@code [outputs, inputs]}; left alone
     * @param inputs what it reads, {@code [tokens, inputs]}
     * @param share of the channels that is kept, 0…1; at least one channel is
     */
    public static SalientChannels of(
            Kernels kernels,
            AwqQuantizer quantizer,
            float[] weights,
            int outputs,
            Matrix inputs,
            double share) {
        int width = inputs.columns();
        int kept = Math.clamp((long) Math.ceil(share * width), 1, width);
        float[] ones = new float[width];
        Arrays.fill(ones, 1);
        float[] rounded = quantizer.simulate(kernels, weights, outputs, width, ones);
        Layer layer = new Layer(kernels, weights, rounded, outputs, inputs);
        float[] activations = meanMagnitudes(inputs);
        SortedSet<Integer> byActivation = largest(activations, kept);
        double chance = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            chance += layer.error(drawn(width, kept, draw)) / DRAWS;
        }
        return new SalientChannels(
                width,
                byActivation,
                layer.error(List.of()),
                layer.error(byActivation),
                layer.error(largest(meanMagnitudes(new Matrix(outputs, width, weights)), kept)),
                chance,
                AwqScales.search(
                        activations,
                        scales ->
                                OutputError.meanOfSquares(
                                        kernels,
                                        weights,
                                        quantizer.simulate(
                                                kernels, weights, outputs, width, scales),
                                        outputs,
                                        List.of(inputs))));
    }

    private static float[] meanMagnitudes(Matrix x) {
        double[] sums = new double[x.columns()];
        for (int row = 0; row < x.rows(); row++) {
            for (int c = 0; c < sums.length; c++) {
                sums[c] += Math.abs(x.get(row, c));
            }
        }
        float[] means = new float[sums.length];
        for (int c = 0; c < means.length; c++) {
            means[c] = (float) (sums[c] / x.rows());
        }
        return means;
    }

    private static SortedSet<Integer> largest(float[] magnitudes, int count) {
        return new TreeSet<>(
                IntStream.range(0, magnitudes.length)
                        .boxed()
                        .sorted(Comparator.comparing((Integer c) -> -magnitudes[c]))
                        .limit(count)
                        .toList());
    }

    private static List<Integer> drawn(int channels, int count, long seed) {
        List<Integer> all = new ArrayList<>(IntStream.range(0, channels).boxed().toList());
        Collections.shuffle(all, new Random(seed));
        return all.subList(0, count);
    }
}

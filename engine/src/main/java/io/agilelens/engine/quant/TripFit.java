package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Chooses TRIP's parameters (METHOD §2.2). The coarsest scale comes from the range over all
 * calibration batches, the exponents from the squared error on one batch; of equal errors the
 * smallest exponent wins.
 *
 * @param quantizer what was chosen
 * @param candidates the exponents that there were to choose from, ascending; read only
 * @param candidateErrors mean squared error of each candidate, {@code [channels][candidates]}; the
 *     reason for the choice; read only
 */
public record TripFit(TripQuantizer quantizer, int[] candidates, double[][] candidateErrors) {

    /** Fewer channels than this are not worth another thread. */
    private static final int CHANNELS_PER_PIECE = 16;

    /**
     * Chooses among all exponents up to K.
     *
     * @param minimum over all channels and all calibration batches
     * @param maximum likewise
     * @param maxExponent K, the largest exponent, 0…8
     * @param batch {@code [tokens, channels]}, the last calibration batch
     */
    public static TripFit fit(
            float minimum, float maximum, int maxExponent, IntegerRange range, Matrix batch) {
        return fit(minimum, maximum, IntStream.rangeClosed(0, maxExponent).toArray(), range, batch);
    }

    /**
     * Chooses among some exponents only; the largest of them stands for the coarsest scale.
     *
     * @param candidates ascending, at least one
     */
    public static TripFit fit(
            float minimum, float maximum, int[] candidates, IntegerRange range, Matrix batch) {
        int largest = candidates[candidates.length - 1];
        int[] exponents = new int[batch.columns()];
        Arrays.fill(exponents, candidates[0]);
        TripQuantizer unrefined = unrefined(minimum, maximum, largest, exponents, range);
        double[][] errors = new double[batch.columns()][candidates.length];
        AffineQuantizer[] quantizers = new AffineQuantizer[candidates.length];
        Arrays.setAll(quantizers, i -> unrefined.withExponent(candidates[i]));
        Workers.shared()
                .forRanges(
                        batch.columns(),
                        CHANNELS_PER_PIECE,
                        (from, to) -> {
                            for (int i = 0; i < candidates.length; i++) {
                                double[] sums = squaredErrors(quantizers[i], batch, from, to);
                                for (int c = from; c < to; c++) {
                                    errors[c][i] = sums[c - from];
                                }
                            }
                        });
        for (double[] ofChannel : errors) {
            for (int i = 0; i < candidates.length; i++) {
                ofChannel[i] /= Math.max(1, batch.rows());
            }
        }
        return new TripFit(unrefined, candidates, errors).withExponents(Map.of());
    }

    /** The exponent that the errors of a channel speak for; of equal errors the smallest. */
    public int chosen(int channel) {
        double[] errors = candidateErrors[channel];
        int best = 0;
        for (int i = 1; i < errors.length; i++) {
            if (errors[i] < errors[best]) {
                best = i;
            }
        }
        return candidates[best];
    }

    /**
     * The same errors with the exponents of some channels fixed and those of all others chosen.
     *
     * @param fixed candidates by channel
     */
    public TripFit withExponents(Map<Integer, Integer> fixed) {
        int[] exponents = new int[candidateErrors.length];
        Arrays.setAll(exponents, c -> fixed.getOrDefault(c, chosen(c)));
        return new TripFit(
                new TripQuantizer(quantizer.base(), quantizer.zero(), exponents, quantizer.range()),
                candidates,
                candidateErrors);
    }

    /** Summed over the tokens, of the channels {@code from ≤ c < to}. */
    private static double[] squaredErrors(
            AffineQuantizer quantizer, Matrix batch, int from, int to) {
        double[] sums = new double[to - from];
        for (int t = 0; t < batch.rows(); t++) {
            int row = batch.offset(t);
            for (int c = from; c < to; c++) {
                float x = batch.data()[row + c];
                double error = x - quantizer.apply(x);
                sums[c - from] += error * error;
            }
        }
        return sums;
    }

    /** Scale and zero point, which do not depend on the exponents that are chosen. */
    static TripQuantizer unrefined(
            float minimum, float maximum, int largest, int[] exponents, IntegerRange range) {
        float top = Math.max((maximum - minimum) / range.steps(), AffineQuantizer.SMALLEST_SCALE);
        int zero = range.clamp(range.minimum() - (float) Math.rint(minimum / top));
        return new TripQuantizer(Math.scalb(top, -largest), zero, exponents, range);
    }
}

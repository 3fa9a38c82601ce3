package io.agilelens.engine.quant;

import io.agilelens.engine.tensor.Matrix;

/**
 * Chooses TRIP's parameters (METHOD §2.2). The coarsest scale comes from the range over all
 * calibration batches, the exponents from the squared error on one batch; of equal errors the
 * smallest exponent wins.
 *
 * @param quantizer what was chosen
 * @param candidateErrors mean squared error of each exponent, {@code [channels][K + 1]}; the reason
 *     for the choice; read only
 */
public record TripFit(TripQuantizer quantizer, double[][] candidateErrors) {

    /**
     * @param minimum over all channels and all calibration batches
     * @param maximum likewise
     * @param maxExponent K, the largest exponent, 0…8
     * @param batch {@code [tokens, channels]}, the last calibration batch
     */
    public static TripFit fit(
            float minimum, float maximum, int maxExponent, IntegerRange range, Matrix batch) {
        float top = Math.max((maximum - minimum) / range.steps(), AffineQuantizer.SMALLEST_SCALE);
        int zero = range.clamp(range.minimum() - (float) Math.rint(minimum / top));
        TripQuantizer unrefined =
                new TripQuantizer(
                        Math.scalb(top, -maxExponent), zero, new int[batch.columns()], range);
        double[][] errors = new double[batch.columns()][maxExponent + 1];
        int[] exponents = new int[batch.columns()];
        for (int exponent = 0; exponent <= maxExponent; exponent++) {
            AffineQuantizer candidate = unrefined.withExponent(exponent);
            for (int t = 0; t < batch.rows(); t++) {
                for (int c = 0; c < batch.columns(); c++) {
                    float x = batch.get(t, c);
                    double error = x - candidate.apply(x);
                    errors[c][exponent] += error * error;
                }
            }
        }
        for (int c = 0; c < exponents.length; c++) {
            for (int exponent = 0; exponent <= maxExponent; exponent++) {
                errors[c][exponent] /= Math.max(1, batch.rows());
                if (errors[c][exponent] < errors[c][exponents[c]]) {
                    exponents[c] = exponent;
                }
            }
        }
        return new TripFit(new TripQuantizer(unrefined.base(), zero, exponents, range), errors);
    }
}

package io.agilelens.engine.quant;

import io.agilelens.engine.tensor.Matrix;

/**
 * Uniform symmetric quantization with one scale for each token, found while running: the largest
 * magnitude gets the largest code. Agile-Quant's rule for fixed ranges would put it halfway between
 * two codes, and here, where every token sets its own range, rounding noise would choose the code
 * of every token's largest activation.
 *
 * @param range signed
 */
public record TokenwiseQuantizer(IntegerRange range) implements ActivationQuantizer {

    /** The quantizer of one token. */
    public AffineQuantizer ofToken(Matrix x, int token) {
        float magnitude = 0;
        for (int i = x.offset(token); i < x.offset(token) + x.columns(); i++) {
            magnitude = Math.max(magnitude, Math.abs(x.data()[i]));
        }
        float scale = Math.max(magnitude / range.maximum(), AffineQuantizer.SMALLEST_SCALE);
        return new AffineQuantizer(scale, 0, range);
    }

    @Override
    public Matrix simulate(Matrix x) {
        Matrix result = Matrix.zeros(x.rows(), x.columns());
        for (int t = 0; t < x.rows(); t++) {
            AffineQuantizer quantizer = ofToken(x, t);
            for (int i = x.offset(t); i < x.offset(t) + x.columns(); i++) {
                result.data()[i] = quantizer.apply(x.data()[i]);
            }
        }
        return result;
    }

    @Override
    public float step(int channel) {
        return Float.NaN;
    }

    @Override
    public float level(int channel, int code) {
        return Float.NaN;
    }
}

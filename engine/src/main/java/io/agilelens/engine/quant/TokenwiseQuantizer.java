package io.agilelens.engine.quant;

import io.agilelens.engine.tensor.Matrix;

/**
 * Uniform symmetric quantization with one scale for each token, found while running from the
 * token's largest magnitude.
 *
 * @param range signed
 */
public record TokenwiseQuantizer(IntegerRange range) implements ActivationQuantizer {

    /** The quantizer of one token. */
    public AffineQuantizer ofToken(Matrix x, int token) {
        float low = 0;
        float high = 0;
        for (int i = x.offset(token); i < x.offset(token) + x.columns(); i++) {
            low = Math.min(low, x.data()[i]);
            high = Math.max(high, x.data()[i]);
        }
        return AffineQuantizer.fit(low, high, range);
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

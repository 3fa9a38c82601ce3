package io.agilelens.engine.quant;

import io.agilelens.engine.model.Activation;
import io.agilelens.engine.tensor.Matrix;

/**
 * Activations as the integers that the kernels multiply. {@code x̂[t,c] = (code − zero) · scale[t]
 * · 2^α_c}.
 */
final class ActivationCodes implements Activation {
    private final Matrix source;
    private final ActivationQuantizer quantizer;
    private final byte[] codes;
    private final float[] tokenScales;
    private final int zero;

    /**
     * @param source the floats that were encoded, {@code [tokens, channels]}
     * @param codes {@code [tokens, channels]} in the order that the kernels of this site want
     * @param tokenScales scale of each token; a single one if all tokens share it
     */
    ActivationCodes(
            Matrix source,
            ActivationQuantizer quantizer,
            byte[] codes,
            float[] tokenScales,
            int zero) {
        this.source = source;
        this.quantizer = quantizer;
        this.codes = codes;
        this.tokenScales = tokenScales;
        this.zero = zero;
    }

    @Override
    public int tokens() {
        return source.rows();
    }

    @Override
    public Matrix values() {
        return quantizer.simulate(source);
    }

    byte[] codes() {
        return codes;
    }

    float scale(int token) {
        return tokenScales.length == 1 ? tokenScales[0] : tokenScales[token];
    }

    int zero() {
        return zero;
    }
}

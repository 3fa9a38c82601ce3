package io.agilelens.engine.quant;

import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.TokenMarks;
import io.agilelens.engine.model.Workspace;
import io.agilelens.engine.tensor.Matrix;

/**
 * Activations as the integers that the kernels multiply. {@code x̂[t,c] = (code − zero[t]) ·
 * scale[t] · 2^α_c}.
 */
final class ActivationCodes implements Activation {
    private final Matrix source;
    private final TokenMarks marks;
    private final SiteQuantizer quantizer;
    private final byte[] codes;
    private final float[] scales;
    private final int[] zeros;

    /**
     * @param source the floats that were encoded, {@code [tokens, channels]}
     * @param codes {@code [tokens, channels]} in the order that the kernels of this site want; an
     *     array of a workspace
     * @param scales scale of each token
     * @param zeros zero point of each token, in the kernels' signed codes
     */
    ActivationCodes(
            Matrix source,
            TokenMarks marks,
            SiteQuantizer quantizer,
            byte[] codes,
            float[] scales,
            int[] zeros) {
        this.source = source;
        this.marks = marks;
        this.quantizer = quantizer;
        this.codes = codes;
        this.scales = scales;
        this.zeros = zeros;
    }

    @Override
    public int tokens() {
        return source.rows();
    }

    @Override
    public Matrix values() {
        return quantizer.simulate(source, marks);
    }

    @Override
    public void giveBack(Workspace workspace) {
        workspace.giveBack(codes);
    }

    byte[] codes() {
        return codes;
    }

    /** Scale of each token. */
    float[] scales() {
        return scales;
    }

    /** Zero point of each token. */
    int[] zeros() {
        return zeros;
    }
}

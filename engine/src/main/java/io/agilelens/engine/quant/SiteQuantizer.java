package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.TokenMarks;
import io.agilelens.engine.tensor.Matrix;
import java.util.Optional;

/** What quantizes one site. */
final class SiteQuantizer {

    private final Kernels kernels;
    private final ActivationQuantizer quantizer;
    private final Optional<ActivationQuantizer> marked;
    private final TokenSimulation simulation;
    private final TokenSimulation markedSimulation;

    /**
     * @param channels of the site
     * @param quantizer of all tokens that carry no mark
     * @param marked of marked tokens, where they have fewer bits; its channels have the same
     *     exponents
     */
    SiteQuantizer(
            Kernels kernels,
            int channels,
            ActivationQuantizer quantizer,
            Optional<ActivationQuantizer> marked) {
        this.kernels = kernels;
        this.quantizer = quantizer;
        this.marked = marked;
        this.simulation = quantizer.simulation(kernels, channels);
        this.markedSimulation =
                marked.map(coarser -> coarser.simulation(kernels, channels)).orElse(simulation);
    }

    Kernels kernels() {
        return kernels;
    }

    ActivationQuantizer quantizer() {
        return quantizer;
    }

    Optional<ActivationQuantizer> marked() {
        return marked;
    }

    ActivationQuantizer of(TokenMarks marks, int token) {
        return marks.isMarked(token) ? marked.orElse(quantizer) : quantizer;
    }

    /**
     * Quantizes and dequantizes.
     *
     * @param x {@code [tokens, channels]}, left alone
     */
    Matrix simulate(Matrix x, TokenMarks marks) {
        Matrix result = Matrix.zeros(x.rows(), x.columns());
        simulate(x, marks, result);
        return result;
    }

    /**
     * The same.
     *
     * @param result receives {@code [tokens, channels]}
     */
    void simulate(Matrix x, TokenMarks marks, Matrix result) {
        forTokens(
                x,
                (from, to) -> {
                    for (int t = from; t < to; t++) {
                        TokenSimulation ofToken = marks.isMarked(t) ? markedSimulation : simulation;
                        ofToken.apply(x, t, result);
                    }
                });
    }

    /** Shares the tokens out. */
    static void forTokens(Matrix x, Workers.RangeBody body) {
        Workers.shared().forRanges(x.rows(), Workers.grain(x.columns()), body);
    }
}

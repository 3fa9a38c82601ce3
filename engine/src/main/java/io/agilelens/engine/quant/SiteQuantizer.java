package io.agilelens.engine.quant;

import io.agilelens.engine.model.TokenMarks;
import io.agilelens.engine.tensor.Matrix;
import java.util.Optional;

/**
 * What quantizes one site.
 *
 * @param quantizer of all tokens that carry no mark
 * @param marked of marked tokens, where they have fewer bits; its channels have the same exponents
 */
record SiteQuantizer(ActivationQuantizer quantizer, Optional<ActivationQuantizer> marked) {

    ActivationQuantizer of(TokenMarks marks, int token) {
        return marks.isMarked(token) ? marked.orElse(quantizer) : quantizer;
    }

    /**
     * Quantizes and dequantizes.
     *
     * @param x {@code [tokens, channels]}, left alone
     */
    Matrix simulate(Matrix x, TokenMarks marks) {
        Matrix result = quantizer.simulate(x);
        if (marked.isPresent() && marks.any()) {
            Matrix coarse = marked.get().simulate(x);
            for (int t = 0; t < x.rows(); t++) {
                if (marks.isMarked(t)) {
                    System.arraycopy(
                            coarse.data(),
                            coarse.offset(t),
                            result.data(),
                            result.offset(t),
                            x.columns());
                }
            }
        }
        return result;
    }
}

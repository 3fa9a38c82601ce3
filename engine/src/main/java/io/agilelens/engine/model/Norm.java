package io.agilelens.engine.model;

/**
 * How a decoder normalizes the residual stream.
 *
 * @param epsilon what is added to the mean square
 * @param affine whether the result is multiplied by a weight and, for LayerNorm, a bias is added
 * @param placement where it stands beside the blocks
 */
public record Norm(Kind kind, float epsilon, boolean affine, Placement placement) {

    /** What a norm computes. */
    public enum Kind {
        /** {@code x / sqrt(mean(x²) + epsilon)} (LLaMA). */
        RMS,
        /** The mean taken off first, biased variance (OPT, BLOOM). */
        LAYER
    }

    /** Where the norm of a block {@code f}, attention or MLP, stands. */
    public enum Placement {
        /** {@code x + f(norm(x))}: most models. */
        BEFORE,
        /**
         * {@code n + f(n)} with {@code n = norm(x)}: BLOOM's {@code
         * apply_residual_connection_post_layernorm}.
         */
        BEFORE_RESIDUAL_TOO,
        /** {@code norm(x + f(x))}: OPT 350m. */
        AFTER
    }
}

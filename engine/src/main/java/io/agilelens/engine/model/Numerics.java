package io.agilelens.engine.model;

import java.util.Optional;

/**
 * The arithmetic plugged into the forward pass. Full precision, simulated quantization and integer
 * execution are three implementations of this; the decoder is the same for all.
 */
public interface Numerics {

    LinearOperator linear(int layer, LinearRole role);

    /** The linear from the embedding into the residual stream, where they differ in width. */
    Optional<LinearOperator> inputProjection();

    /** The linear from the residual stream to the head, where they differ in width. */
    Optional<LinearOperator> outputProjection();

    /** The output head, {@code [vocabulary, embedding]}. */
    LinearOperator head();

    /** What happens at a site other than {@link Site#SOFTMAX}. */
    default SiteTransform site(int layer, Site site) {
        return SiteTransform.NONE;
    }

    /** What happens to the attention probabilities of a layer. */
    default SoftmaxTransform softmax(int layer) {
        return SoftmaxTransform.NONE;
    }

    /** How keys and values are kept for later tokens; empty for floats as they are. */
    default Optional<CacheFormat> cacheFormat() {
        return Optional.empty();
    }

    /** Memory of all linear layers, projections and head included, in bytes. */
    default long bytes(ModelConfig config) {
        long total = head().bytes();
        total += inputProjection().map(LinearOperator::bytes).orElse(0L);
        total += outputProjection().map(LinearOperator::bytes).orElse(0L);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearRole role : config.roles()) {
                total += linear(layer, role).bytes();
            }
        }
        return total;
    }
}

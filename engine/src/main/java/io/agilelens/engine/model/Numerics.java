package io.agilelens.engine.model;

/**
 * The arithmetic plugged into the forward pass. Full precision, simulated quantization and integer
 * execution are three implementations of this; the decoder is the same for all.
 */
public interface Numerics {

    LinearOperator linear(int layer, LinearRole role);

    /** The output head, {@code [vocabulary, hidden]}. */
    LinearOperator head();

    /** What happens at a site other than {@link Site#SOFTMAX}. */
    default SiteTransform site(int layer, Site site) {
        return SiteTransform.NONE;
    }

    /** What happens to the attention probabilities of a layer. */
    default SoftmaxTransform softmax(int layer) {
        return SoftmaxTransform.NONE;
    }

    /** Memory of all linear layers, head included, in bytes. */
    default long bytes(int layers) {
        long total = head().bytes();
        for (int layer = 0; layer < layers; layer++) {
            for (LinearRole role : LinearRole.values()) {
                total += linear(layer, role).bytes();
            }
        }
        return total;
    }
}

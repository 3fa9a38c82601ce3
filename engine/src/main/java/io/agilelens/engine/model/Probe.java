package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;

/**
 * Watches a forward pass. Whatever is handed over is valid during the call only and must not be
 * changed; copy what is to be kept.
 */
public interface Probe {

    /** Watches nothing. */
    Probe NONE = new Probe() {};

    /** The residual stream that enters the first layer, {@code [tokens, hidden]}. */
    default void embedded(Matrix residual) {}

    /**
     * Activations at a site other than {@link Site#SOFTMAX}.
     *
     * @param before as computed, {@code [tokens, channels]}
     * @param after what the next operation reads
     */
    default void activation(int layer, Site site, Matrix before, Activation after) {}

    /**
     * Attention probabilities before the softmax transform. Called from several threads at once for
     * different heads and queries.
     */
    default void probabilities(ProbabilityBlock block) {}

    /** Attention probabilities after the softmax transform; threads as above. */
    default void transformedProbabilities(ProbabilityBlock block) {}

    /** What the attention block adds to the residual stream, {@code [tokens, hidden]}. */
    default void attentionAdded(int layer, Matrix added) {}

    /** What the MLP block adds to the residual stream, {@code [tokens still alive, hidden]}. */
    default void mlpAdded(int layer, Matrix added) {}

    /**
     * A layer was pruned.
     *
     * @param scores importance of each token that entered the layer
     * @param kept indices among the tokens that entered the layer, ascending
     */
    default void pruned(int layer, float[] scores, int[] kept) {}

    /**
     * Tokens were marked as unimportant at a layer, before its attention output was transformed.
     *
     * @param scores importance of each token
     * @param unmarked indices of those that this layer did not mark, ascending
     * @param marks what holds from here on, marks of earlier layers included
     */
    default void marked(int layer, float[] scores, int[] unmarked, TokenMarks marks) {}

    /** The residual stream that leaves a layer, {@code [tokens still alive, hidden]}. */
    default void layerOutput(int layer, Matrix residual) {}
}

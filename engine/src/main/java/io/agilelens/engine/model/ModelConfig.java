package io.agilelens.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shape of a decoder and the constants of its arithmetic: all that tells one architecture from
 * another.
 *
 * @param layers decoder layers
 * @param hiddenSize channels of the residual stream
 * @param embeddingSize channels of the token embedding and of the output head's input; where it is
 *     not {@code hiddenSize}, linears without bias lead in and out
 * @param heads query heads
 * @param keyValueHeads key and value heads; consecutive query heads share one
 * @param headDimension channels of a head
 * @param feedForwardSize channels of the MLP's hidden layer
 * @param vocabularySize rows of the embedding
 * @param contextLength positions the model was trained for
 * @param limit longest sequence that can be run, where there is one
 * @param embeddingNorm whether the embedding is normalized before the first layer
 * @param finalNorm whether there is a norm behind the last layer
 * @param biased linears that have a bias
 * @param tiedHead whether the output head is the token embedding
 */
public record ModelConfig(
        Architecture architecture,
        int layers,
        int hiddenSize,
        int embeddingSize,
        int heads,
        int keyValueHeads,
        int headDimension,
        int feedForwardSize,
        int vocabularySize,
        int contextLength,
        Optional<SequenceLimit> limit,
        PositionEncoding positions,
        Norm norm,
        boolean embeddingNorm,
        boolean finalNorm,
        FeedForward feedForward,
        Set<LinearRole> biased,
        boolean tiedHead) {

    public ModelConfig {
        biased = Set.copyOf(biased);
    }

    /** The linear layers that each decoder layer has, in the order of their work. */
    public List<LinearRole> roles() {
        return feedForward.isGated()
                ? List.of(LinearRole.values())
                : List.copyOf(LinearRole.UNGATED);
    }

    /** Whether linears lead from the embedding into the residual stream and out to the head. */
    public boolean hasProjections() {
        return embeddingSize != hiddenSize;
    }

    /** Channels of all query heads side by side. */
    public int queryWidth() {
        return heads * headDimension;
    }

    /** Channels of all key heads side by side; the values are as wide. */
    public int keyValueWidth() {
        return keyValueHeads * headDimension;
    }

    /** The key/value head that a query head reads. */
    public int keyValueHead(int head) {
        return head / (heads / keyValueHeads);
    }

    /** Channels at a site; for {@link Site#SOFTMAX} there are none of fixed number: 0. */
    public int channels(Site site) {
        return switch (site) {
            case ATTN_INPUT, MLP_INPUT -> hiddenSize;
            case QUERY, ATTN_OUTPUT -> queryWidth();
            case KEY, VALUE -> keyValueWidth();
            case MLP_HIDDEN -> feedForwardSize;
            case SOFTMAX -> 0;
        };
    }
}

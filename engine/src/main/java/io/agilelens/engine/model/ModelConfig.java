package io.agilelens.engine.model;

/**
 * The shape of a decoder and the constants of its arithmetic.
 *
 * @param layers decoder layers
 * @param hiddenSize channels of the residual stream
 * @param heads query heads
 * @param keyValueHeads key and value heads; consecutive query heads share one
 * @param headDimension channels of a head
 * @param feedForwardSize channels of the MLP's hidden layer
 * @param vocabularySize rows of the embedding
 * @param contextLength positions the model was trained for
 * @param normEpsilon what norms add to the mean square
 * @param rotary position embedding
 * @param tiedHead whether the output head is the token embedding
 * @param attentionBias whether the attention projections have biases
 * @param mlpBias whether the MLP linears have biases
 */
public record ModelConfig(
        Architecture architecture,
        int layers,
        int hiddenSize,
        int heads,
        int keyValueHeads,
        int headDimension,
        int feedForwardSize,
        int vocabularySize,
        int contextLength,
        float normEpsilon,
        RotaryEmbedding rotary,
        boolean tiedHead,
        boolean attentionBias,
        boolean mlpBias) {

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

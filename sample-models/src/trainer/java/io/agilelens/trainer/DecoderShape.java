package io.agilelens.trainer;

/**
 * The dimensions of a decoder with a tied head.
 *
 * @param architecture what kind of decoder
 * @param vocabulary tokens in the vocabulary
 * @param hidden width of the residual stream, a multiple of 32
 * @param layers number of decoder layers
 * @param heads query heads
 * @param keyValueHeads key/value heads; divides {@code heads}, equals it where the architecture has
 *     no groups
 * @param feedForward inner width of the feed-forward layers, a multiple of 32
 * @param context longest sequence in tokens
 */
record DecoderShape(
        Architecture architecture,
        int vocabulary,
        int hidden,
        int layers,
        int heads,
        int keyValueHeads,
        int feedForward,
        int context) {

    DecoderShape {
        if (hidden % 32 != 0 || feedForward % 32 != 0) {
            throw new IllegalArgumentException(
                    "hidden %d and feed-forward %d must be multiples of 32"
                            .formatted(hidden, feedForward));
        }
        if (hidden % heads != 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "hidden %d, heads %d, key/value heads %d: each must divide the one before"
                            .formatted(hidden, heads, keyValueHeads));
        }
    }

    /** Channels of one head. */
    int headDimension() {
        return hidden / heads;
    }
}

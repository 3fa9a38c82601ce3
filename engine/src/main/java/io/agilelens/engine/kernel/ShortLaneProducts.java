package io.agilelens.engine.kernel;

/**
 * The loop of products of one token's codes with four-bit weights, in lanes of 16 bits. This is the
 * multiplier of Agile-Quant: one multiplication serves several weights, and the sums are told apart
 * behind it.
 *
 * <p>A lane holds four weights {@code w0 + 16·w1 + 16²·w2 + 16³·w3}, each with a bias of 8. It is
 * multiplied as it is, and shifted right by four, eight and twelve bits, and added up modulo 2^16:
 * the sum of the last shift is that of w3 alone, and each other less 16 times the next one is that
 * of its own weight. What the biases gave is taken off, and as long as a sum stays within ±32767
 * then, it is exact however often the lanes have overflown, see {@link Turns}.
 *
 * <p>A panel has four vectors of outputs, called 0 to 3 as they follow one another. A vector of its
 * codes belongs to two inputs, {@code [outputs of a vector][even input, odd input]} lanes; {@link
 * #PLACES} says whose the weights of a lane are.
 */
interface ShortLaneProducts {

    /** Pairs of inputs that are multiplied at the least. */
    int BLOCK = 2;

    /** Of each code, and so the largest magnitude of a weight. */
    int BIAS = 8;

    /** Which weight of a lane each of a panel's vectors has. */
    int[] PLACES = {0, 3, 1, 2};

    /**
     * A panel's product: {@code sums[o] += Σ factor · scale[group, o] · Σ x[i] · code[i, o]}, the
     * outer sum over the segments, the inner one over the inputs of each.
     *
     * @param codes of the panel, from {@code offset} on
     * @param panelBytes from there to the next panel, which the far form touches
     * @param activations slots of {@link Turns}: two codes each, that of the even input in the low
     *     half
     * @param biases for each turn what the biases gave, {@code 8 · Σ x} of the even inputs in the
     *     low half, of the odd ones in the high half
     * @param scales {@code [groups, outputs]} of the panel, from {@code scalesOffset} on
     * @param laneSums room for five vectors, the last one zero
     * @param parts room for four vectors, zero before and behind
     * @param sums {@code [outputs]}
     * @return anything: whoever keeps it keeps the reading ahead from being optimised away
     */
    int multiply(
            byte[] codes,
            int offset,
            int panelBytes,
            int[] activations,
            int[] biases,
            Segments segments,
            Turns turns,
            float[] scales,
            int scalesOffset,
            short[] laneSums,
            float[] parts,
            float[] sums);

    /**
     * What zero points change of a panel's product: {@code sums[o] −= Σ factor · scale[group, o] ·
     * zero[group, o] · Σ x[i]}.
     *
     * @param totals {@code Σ x} over each segment
     * @param zeroPoints of the panel, laid out as the codes with groups instead of inputs, from
     *     {@code zeroPointsOffset} on
     */
    void takeOffZeroPoints(
            Segments segments,
            float[] totals,
            byte[] zeroPoints,
            int zeroPointsOffset,
            float[] scales,
            int scalesOffset,
            float[] sums);
}

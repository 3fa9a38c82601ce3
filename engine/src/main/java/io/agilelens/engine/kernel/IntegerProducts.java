package io.agilelens.engine.kernel;

/**
 * The innermost loops of the integer products: unpacking weights into panels of floats for {@link
 * FloatProducts}, and what becomes of the exact sums that come back. The floats hold integers below
 * 2^24, so nothing is rounded before the scale.
 *
 * <p><em>Paired</em> panels do two products in one multiplication, as the 4-bit multiplier of
 * Agile-Quant does: a float holds the weights of two outputs as {@code low + 4096 · high}. With
 * activations and weights in −8…7 a product lies in −56…64, so 32 of them span −1792…2048: fewer
 * than 4096 numbers, hence the two sums can be told apart; and 4096 · 2048 + 2048 is below 2^24.
 */
interface IntegerProducts {

    /** Inputs whose paired products can be told apart. */
    int PAIRED_CAPACITY = 32;

    /** Inputs whose products of two bytes, −128 · 127 at the most, stay within 2^24. */
    int BYTE_CAPACITY = 1024;

    /** Bytes that may be read behind the last packed one. */
    int READ_AHEAD = 8;

    /** Widens {@code count} bytes; {@code count} is a multiple of the lanes. */
    void unpackBytes(byte[] packed, int offset, float[] panel, int count);

    /**
     * Makes {@code count} paired floats of as many bytes, each {@code (low + 8) | (high + 8) << 4}.
     */
    void unpackPairs(byte[] packed, int offset, float[] panel, int count);

    /**
     * {@code sums[r, o] += Σ_g scale[o, g] · (exact sum over the group)} for one panel and one tile
     * of activations.
     *
     * @param products of the same width
     * @param unpacked the panel's weights as floats
     * @param tiled {@code [tiles, inputs, rows]}
     * @param tiledSums what a zero point of 1 takes off, {@code [tiles, groups, rows]}; null if
     *     there are no zero points
     * @param token first token of the tile
     * @param rows rows of a tile: 1, or {@link FloatProducts#TILE_TOKENS}
     * @param sums {@code [rows, width]}
     */
    void multiplyTile(
            FloatProducts products,
            IntegerPanels weights,
            int panel,
            float[] unpacked,
            float[] tiled,
            int[] tiledSums,
            int token,
            int rows,
            float[] sums);
}

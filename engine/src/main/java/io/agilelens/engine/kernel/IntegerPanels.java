package io.agilelens.engine.kernel;

/**
 * Integer weights in panels, as both {@link IntegerMultiplication} and its loops see them.
 *
 * @param width outputs of a panel
 * @param multiplier of products with several tokens
 * @param codes {@code [panels, inputs, width]} bytes; or, unless the multiplier is {@code SINGLE},
 *     {@code [panels, inputs, width / 2]}, each {@code (a + 8) | (b + 8) << 4} with the weights of
 *     two outputs a vector apart; and {@link IntegerUnpacking#READ_AHEAD} bytes more
 * @param scales {@code [panels, groups, width]}
 * @param zeroPoints laid out as the codes, with groups instead of inputs
 */
record IntegerPanels(
        int outputs,
        int inputs,
        int groups,
        int width,
        Multiplier multiplier,
        byte[] codes,
        float[] scales,
        byte[] zeroPoints,
        Segments segments) {

    long bytes() {
        return codes.length + 4L * scales.length + zeroPoints.length + segments.bytes();
    }

    /** Codes of one input in a panel. */
    int codesPerInput() {
        return multiplier == Multiplier.SINGLE ? width : width / 2;
    }
}

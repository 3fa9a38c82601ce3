package io.agilelens.engine.kernel;

/**
 * Integer weights in panels of four vectors of outputs, as {@link IntegerMultiplication} and its
 * loops see them. Codes are unsigned, a signed value and half their range; their layout is that of
 * {@link WeightOnlyProducts}.
 *
 * @param bits of a packed code, 4 or 8
 * @param width outputs of a panel
 * @param multiplier of products with several tokens
 * @param codes {@code [panels, inputs, width · bits / 8]}, and {@link
 *     WeightOnlyProducts#READ_AHEAD} bytes more
 * @param scales {@code [panels, groups, width]}
 * @param zeroPoints laid out as the codes, with groups instead of inputs
 * @param segments for several tokens
 * @param segmentsOfOne for one token
 */
record IntegerPanels(
        int outputs,
        int inputs,
        int groups,
        int bits,
        int width,
        Multiplier multiplier,
        byte[] codes,
        float[] scales,
        byte[] zeroPoints,
        Segments segments,
        Segments segmentsOfOne) {

    long bytes() {
        return codes.length
                + 4L * scales.length
                + zeroPoints.length
                + segments.bytes()
                + segmentsOfOne.bytes();
    }

    /** Bytes of one input in a panel. */
    int bytesPerInput() {
        return width * bits / 8;
    }

    /** Place of the first code of an input in a panel. */
    int code(int panel, int input) {
        return (panel * inputs + input) * bytesPerInput();
    }

    /** Place of the first zero point of a group in a panel. */
    int zeroPoint(int panel, int group) {
        return (panel * groups + group) * bytesPerInput();
    }

    /** Place of the first scale of a group in a panel. */
    int scale(int panel, int group) {
        return (panel * groups + group) * width;
    }
}

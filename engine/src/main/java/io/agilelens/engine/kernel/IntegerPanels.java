package io.agilelens.engine.kernel;

/**
 * Integer weights in panels of four vectors of outputs, as {@link IntegerMultiplication} and its
 * loops see them. Codes are unsigned, a signed value and half their range. Those of eight bits lie
 * as {@link WeightOnlyProducts} has them, those of four as {@link ShortLaneProducts} has them.
 *
 * @param bits of a packed code, 4 or 8
 * @param width outputs of a panel
 * @param multiplier of products with several tokens
 * @param codes {@code [panels, inputs, width]} bytes, or {@code [panels, pairs of inputs, width]}
 *     of two times two codes, and what is read ahead behind them
 * @param scales {@code [panels, groups, width]}
 * @param zeroPoints laid out as the codes, with groups instead of inputs
 * @param segments for several tokens
 * @param segmentsOfOne for one token; may be the same
 * @param turns of those, for codes of four bits; null for eight
 * @param symmetric whether all zero points are 0
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
        Segments segmentsOfOne,
        Turns turns,
        boolean symmetric) {

    long bytes() {
        return codes.length
                + 4L * scales.length
                + zeroPoints.length
                + segments.bytes()
                + (segmentsOfOne == segments ? 0 : segmentsOfOne.bytes())
                + (turns == null ? 0 : turns.bytes());
    }

    /** Bytes of one input in a panel, of four bits half of what it has with its neighbour. */
    int bytesPerInput() {
        return width * bits / 8;
    }

    /** Place of the first eight-bit code of an input in a panel. */
    int code(int panel, int input) {
        return (panel * inputs + input) * bytesPerInput();
    }

    /**
     * Place of a panel's four-bit codes of an input and its neighbour, or of the zero points of a
     * group and its neighbour; what belongs to the odd one lies in the high halves of integers.
     *
     * @param of how many inputs or groups there are
     */
    int fours(int panel, int index, int of) {
        return (panel * pairs(of) + index / 2) * width;
    }

    /** Pairs that so many inputs or groups make, the last one filled up. */
    static int pairs(int of) {
        return (of + 1) / 2;
    }

    /** Place of the first eight-bit zero point of a group in a panel. */
    int zeroPoint(int panel, int group) {
        return (panel * groups + group) * bytesPerInput();
    }

    /** Place of the first scale of a group in a panel. */
    int scale(int panel, int group) {
        return (panel * groups + group) * width;
    }
}

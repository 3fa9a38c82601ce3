package io.agilelens.engine.kernel;

/**
 * Integer weights in panels, as both {@link IntegerMultiplication} and its loops see them.
 *
 * @param width outputs of a panel
 * @param codes a byte an input and output, or two outputs in one: {@code [panels, inputs, width or
 *     width / 2]}, and {@link IntegerProducts#READ_AHEAD} bytes more
 * @param scales {@code [panels, groups, width]}
 * @param zeroPoints likewise, and {@link IntegerProducts#READ_AHEAD} bytes more; null if all are 0
 * @param floatsHoldGroups whether the sum of a whole group, zero point included, is exact in a
 *     float
 */
record IntegerPanels(
        int outputs,
        int inputs,
        int groups,
        int width,
        boolean paired,
        byte[] codes,
        float[] scales,
        byte[] zeroPoints,
        Segments segments,
        boolean floatsHoldGroups) {

    long bytes() {
        int zeroPointBytes = zeroPoints == null ? 0 : zeroPoints.length;
        return codes.length + 4L * scales.length + zeroPointBytes + segments.bytes();
    }

    /** Codes of one input in a panel. */
    int codesPerInput() {
        return paired ? width / 2 : width;
    }

    /**
     * Whether the whole sum of every group, zero point included, stays below 2^24.
     *
     * @param largestProduct bound of one product
     */
    static boolean floatsHoldGroups(Segments segments, long largestProduct) {
        long bound = 0;
        for (int s = 0; s < segments.count(); s++) {
            for (int i = segments.starts()[s]; i < segments.starts()[s + 1]; i++) {
                bound += largestProduct << segments.shifts()[s] + segments.inputShifts()[i];
            }
            if (bound > 1 << 24) {
                return false;
            }
            if (segments.endsGroup(s)) {
                bound = 0;
            }
        }
        return true;
    }
}

package io.agilelens.engine.format.packed;

import io.agilelens.engine.tensor.Tensor;
import java.util.Arrays;

/**
 * Scale and zero point of every output and group: a code {@code q} stands for {@code (q − zero) ·
 * scale}.
 *
 * @param scales floats in the given layout
 * @param zeros zero points {@code [outputs, groups]}, in the numbers in which codes are unsigned
 */
record Grid(Tensor scales, Layout layout, Zeros zeros, int outputs, int groups) {

    /** In which order scales are stored. */
    enum Layout {
        /** {@code [groups, outputs]}. */
        GROUPS_FIRST,
        /** {@code [outputs, groups]}. */
        OUTPUTS_FIRST,
        /** One for the whole tensor. */
        SINGLE
    }

    /** Where zero points come from. */
    sealed interface Zeros {
        /** The same everywhere. */
        record Constant(int zero) implements Zeros {}

        /**
         * Stored ones: {@code (code + added) & mask}.
         *
         * @param mask cuts the sum to the bits of a field where a format wraps it
         */
        record Stored(Codes codes, int added, int mask) implements Zeros {}
    }

    /** The most parameters that are worth holding at once. */
    private static final int MOST_PARAMETERS = 1 << 20;

    /** How many outputs may be read at once so that memory stays bounded. */
    int outputsAtOnce(int reach) {
        return Math.max(1, MOST_PARAMETERS / reach);
    }

    /**
     * Reads the parameters of some outputs and groups.
     *
     * @param scaleTarget receives {@code [count, reach]} scales
     * @param zeroTarget receives {@code [count, reach]} zero points
     */
    void read(int output, int count, int group, int reach, float[] scaleTarget, int[] zeroTarget) {
        switch (layout) {
            case GROUPS_FIRST -> {
                float[] row = new float[count];
                for (int g = 0; g < reach; g++) {
                    scales.widen((long) (group + g) * outputs + output, row, 0, count);
                    for (int o = 0; o < count; o++) {
                        scaleTarget[o * reach + g] = row[o];
                    }
                }
            }
            case OUTPUTS_FIRST -> {
                for (int o = 0; o < count; o++) {
                    scales.widen(
                            (long) (output + o) * groups + group, scaleTarget, o * reach, reach);
                }
            }
            case SINGLE -> {
                scales.widen(0, scaleTarget, 0, 1);
                Arrays.fill(scaleTarget, 0, count * reach, scaleTarget[0]);
            }
        }
        switch (zeros) {
            case Zeros.Constant(int zero) -> Arrays.fill(zeroTarget, 0, count * reach, zero);
            case Zeros.Stored(Codes codes, int added, int mask) -> {
                byte[] stored = new byte[count * reach];
                codes.read(output, count, group, reach, stored);
                for (int i = 0; i < stored.length; i++) {
                    zeroTarget[i] = (stored[i] & 0xFF) + added & mask;
                }
            }
        }
    }
}

package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Products of several tokens with integer weights that take a float each, see {@link
 * Multiplier#SINGLE}. Weights are scaled as they are unpacked, once for all tokens, so nothing is
 * left to do at the end of a group, and the rest is a product of floats. Where scales are powers of
 * two it is exact up to 2^24; where they are not, it is rounded as a product of floats is.
 */
final class SingleMultiplication {

    private final FloatMultiplication floats;
    private final IntegerUnpacking unpacking;
    private final FloatMultiplication.TileRows tileRows = this::widen;
    private final FloatMultiplication.Unpacking scaling = this::unpack;

    SingleMultiplication(FloatMultiplication floats, IntegerUnpacking unpacking) {
        this.floats = floats;
        this.unpacking = unpacking;
    }

    void multiply(byte[] x, int tokens, IntegerPanels weights, float[] y) {
        floats.multiplyUnpacked(x, tokens, weights, tileRows, scaling, y);
    }

    private void widen(Operands operands, int token, int first, int steps, float[] target, int at) {
        float[] factors = operands.integers.segments().inputFactors();
        int from = token * operands.inputs + first;
        unpacking.widen(operands.codes, from, factors, first, target, at, steps);
    }

    private void unpack(
            Operands operands, int floatPanel, int first, int steps, float[] target, int at) {
        IntegerPanels weights = operands.integers;
        int firstOutput = floatPanel * floats.panelOutputs();
        int panel = firstOutput / weights.width();
        int column = firstOutput % weights.width();
        Segments segments = weights.segments();
        int found = Arrays.binarySearch(segments.starts(), first);
        int segment = found >= 0 ? found : -found - 2;
        for (int i = first; i < first + steps; segment++) {
            int end = Math.min(first + steps, segments.starts()[segment + 1]);
            int group = segments.groups()[segment];
            int scale = weights.scale(panel, group) + column;
            float factor = 1 << segments.shifts()[segment];
            int to = at + (i - first) * floats.panelOutputs();
            if (weights.bits() == 8) {
                unpacking.unpackBytes(
                        weights.codes(),
                        weights.code(panel, i) + column,
                        weights.bytesPerInput(),
                        weights.zeroPoints(),
                        weights.zeroPoint(panel, group) + column,
                        weights.scales(),
                        scale,
                        factor,
                        end - i,
                        target,
                        to);
            } else {
                unpacking.unpackFours(
                        weights.codes(),
                        weights.fours(panel, 0, weights.inputs()),
                        i,
                        weights.zeroPoints(),
                        weights.fours(panel, 0, weights.groups()),
                        group,
                        column > 0,
                        weights.scales(),
                        scale,
                        factor,
                        end - i,
                        target,
                        to);
            }
            i = end;
        }
    }
}

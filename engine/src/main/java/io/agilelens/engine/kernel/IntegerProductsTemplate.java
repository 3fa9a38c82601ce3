package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link IntegerProducts} for the width in its class data, see {@link WidthTemplate}. */
final class IntegerProductsTemplate implements IntegerProducts {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final int LANES = FLOATS.length();

    /** At least a byte a lane; the smallest vector there is has eight. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

    /** Distance of the two fields of a pair. */
    private static final float FIELD = 4096;

    /** Middle of what a low sum can be, −1792…2048. */
    private static final float LOW_MIDDLE = 128;

    /** Added and subtracted, rounds a float below 2^22 to the nearest integer. */
    private static final float ROUNDER = 0x1.8p23f;

    /** Greatest shift of a segment. */
    private static final int LARGEST_SHIFT = 8;

    /** {@code 2^shift} for each shift and as many outputs as a panel of pairs has. */
    private static final float[] FACTORS = factors();

    /** Exponent of 2^23, where a float's last bit counts 1. */
    private static final int UNIT_EXPONENT = 0x4B000000;

    /** What the bias of 8 in both halves of a pair adds, and 2^23. */
    private static final float PAIR_BIAS = 0x1p23f + 8 + 8 * FIELD;

    private static float[] factors() {
        float[] factors = new float[(LARGEST_SHIFT + 1) * 4 * LANES];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = 1 << i / (4 * LANES);
        }
        return factors;
    }

    @Override
    public void unpackBytes(byte[] packed, int offset, float[] panel, int count) {
        for (int i = 0; i < count; i += LANES) {
            IntVector values = widened(packed, offset + i);
            ((FloatVector) values.convert(VectorOperators.I2F, 0)).intoArray(panel, i);
        }
    }

    @Override
    public void unpackPairs(byte[] packed, int offset, float[] panel, int count) {
        for (int i = 0; i < count; i += LANES) {
            IntVector pairs = zeroExtended(packed, offset + i);
            pairs.lanewise(VectorOperators.LSHL, 8)
                    .or(pairs)
                    .and(0xF00F)
                    .or(UNIT_EXPONENT)
                    .reinterpretAsFloats()
                    .sub(PAIR_BIAS)
                    .intoArray(panel, i);
        }
    }

    private static IntVector widened(byte[] packed, int offset) {
        return (IntVector)
                ByteVector.fromArray(BYTES, packed, offset)
                        .convertShape(VectorOperators.B2I, INTS, 0);
    }

    private static IntVector zeroExtended(byte[] packed, int offset) {
        return (IntVector)
                ByteVector.fromArray(BYTES, packed, offset)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    @Override
    public void multiplyTile(
            FloatProducts products,
            IntegerPanels weights,
            int panel,
            float[] unpacked,
            float[] tiled,
            int[] tiledSums,
            int token,
            int rows,
            float[] sums) {
        Scratch scratch = Scratch.ofThread();
        int codesPerInput = weights.codesPerInput();
        int width = weights.width();
        float[] group = scratch.group(rows * width);
        int[] exact = scratch.exact(weights.floatsHoldGroups() ? 0 : rows * width);
        float[] scales = weights.scales();
        byte[] zeroPoints = weights.zeroPoints();
        Segments segments = weights.segments();
        for (int s = 0; s < segments.count(); s++) {
            int start = segments.starts()[s];
            int w = start * codesPerInput;
            int x = token * weights.inputs() + start * rows;
            int steps = segments.length(s);
            int scale = (panel * weights.groups() + segments.groups()[s]) * width;
            if (zeroPoints == null && segments.isGroup(s)) {
                addTile(products, weights, unpacked, w, tiled, x, steps, rows, scales, scale, sums);
                continue;
            }
            if (segments.startsGroup(s)) {
                Arrays.fill(group, 0, rows * width, 0);
            }
            int sum = token * weights.groups() + segments.groups()[s] * rows;
            int shift = segments.isGroup(s) ? 0 : segments.shifts()[s];
            if (weights.floatsHoldGroups()) {
                int factor = shift * 4 * LANES;
                addTile(
                        products, weights, unpacked, w, tiled, x, steps, rows, FACTORS, factor,
                        group);
                if (segments.endsGroup(s) && zeroPoints == null) {
                    addScaled(group, rows, width, scales, scale, sums);
                } else if (segments.endsGroup(s)) {
                    addScaledDifferences(
                            group, rows, width, zeroPoints, tiledSums, sum, scales, scale, sums);
                }
            } else {
                addTile(products, weights, unpacked, w, tiled, x, steps, rows, FACTORS, 0, group);
                moveIntegers(group, rows * width, shift, exact);
                if (segments.endsGroup(s)) {
                    if (zeroPoints != null) {
                        subtractZeroPoints(exact, rows, width, zeroPoints, scale, tiledSums, sum);
                    }
                    addScaledIntegers(exact, rows, width, scales, scale, sums);
                }
            }
        }
    }

    /** {@code result[r, o] += scales[o] · (exact sum over a segment)}. */
    private static void addTile(
            FloatProducts products,
            IntegerPanels weights,
            float[] unpacked,
            int w,
            float[] tiled,
            int x,
            int steps,
            int rows,
            float[] scales,
            int scale,
            float[] result) {
        float[] parts = Scratch.ofThread().parts(rows * 2 * LANES);
        if (rows == 1) {
            Arrays.fill(parts, 0, 2 * LANES, 0);
            products.multiplyVector(unpacked, w, tiled, x, steps, parts);
        } else {
            products.multiplyTile(unpacked, w, tiled, x, steps, parts);
        }
        if (weights.paired()) {
            addScaledPairs(parts, rows, scales, scale, result);
        } else {
            addScaled(parts, rows, 2 * LANES, scales, scale, result);
        }
    }

    /** {@code sums[r, o] += scales[o] · parts[r, o]}. */
    private static void addScaled(
            float[] parts, int rows, int width, float[] scales, int scalesOffset, float[] sums) {
        for (int o = 0; o < width; o += 2 * LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, scales, scalesOffset + o);
            FloatVector b = FloatVector.fromArray(FLOATS, scales, scalesOffset + o + LANES);
            for (int r = 0; r < rows; r++) {
                int at = o + r * width;
                a.mul(FloatVector.fromArray(FLOATS, parts, at))
                        .add(FloatVector.fromArray(FLOATS, sums, at))
                        .intoArray(sums, at);
                b.mul(FloatVector.fromArray(FLOATS, parts, at + LANES))
                        .add(FloatVector.fromArray(FLOATS, sums, at + LANES))
                        .intoArray(sums, at + LANES);
            }
        }
    }

    /**
     * Splits paired sums {@code [rows, 2 vectors]} and adds them like {@link #addScaled} to {@code
     * [rows, 4 vectors]}: of every two vectors of outputs the first is the low, the second the high
     * half of a vector of pairs.
     */
    private static void addScaledPairs(
            float[] pairs, int rows, float[] scales, int scalesOffset, float[] sums) {
        for (int o = 0; o < 4 * LANES; o += 2 * LANES) {
            FloatVector lowScale = FloatVector.fromArray(FLOATS, scales, scalesOffset + o);
            FloatVector highScale = FloatVector.fromArray(FLOATS, scales, scalesOffset + o + LANES);
            for (int r = 0; r < rows; r++) {
                int at = o + r * 4 * LANES;
                FloatVector both = FloatVector.fromArray(FLOATS, pairs, at / 2);
                FloatVector high = both.sub(LOW_MIDDLE).mul(1 / FIELD).add(ROUNDER).sub(ROUNDER);
                both.sub(high.mul(FIELD))
                        .mul(lowScale)
                        .add(FloatVector.fromArray(FLOATS, sums, at))
                        .intoArray(sums, at);
                high.mul(highScale)
                        .add(FloatVector.fromArray(FLOATS, sums, at + LANES))
                        .intoArray(sums, at + LANES);
            }
        }
    }

    /** {@code sums[r, o] += scales[o] · (group[r, o] − zeroPoints[o] · activationSums[r])}. */
    private static void addScaledDifferences(
            float[] group,
            int rows,
            int width,
            byte[] zeroPoints,
            int[] activationSums,
            int activationSumsOffset,
            float[] scales,
            int scalesOffset,
            float[] sums) {
        for (int o = 0; o < width; o += LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, scalesOffset + o);
            IntVector codes = widened(zeroPoints, scalesOffset + o);
            FloatVector zeroPoint = (FloatVector) codes.convert(VectorOperators.I2F, 0);
            for (int r = 0; r < rows; r++) {
                int at = r * width + o;
                float activations = -activationSums[activationSumsOffset + r];
                zeroPoint
                        .fma(
                                FloatVector.broadcast(FLOATS, activations),
                                FloatVector.fromArray(FLOATS, group, at))
                        .mul(scale)
                        .add(FloatVector.fromArray(FLOATS, sums, at))
                        .intoArray(sums, at);
            }
        }
    }

    /** {@code exact += parts << shift} over {@code count} elements; parts become 0. */
    private static void moveIntegers(float[] parts, int count, int shift, int[] exact) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector part = FloatVector.fromArray(FLOATS, parts, i);
            ((IntVector) part.convert(VectorOperators.F2I, 0))
                    .lanewise(VectorOperators.LSHL, shift)
                    .add(IntVector.fromArray(INTS, exact, i))
                    .intoArray(exact, i);
            FloatVector.zero(FLOATS).intoArray(parts, i);
        }
    }

    /** {@code exact[r, o] −= zeroPoints[o] · activationSums[r]}. */
    private static void subtractZeroPoints(
            int[] exact,
            int rows,
            int width,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int[] activationSums,
            int activationSumsOffset) {
        for (int o = 0; o < width; o += LANES) {
            IntVector zeroPoint = widened(zeroPoints, zeroPointsOffset + o);
            for (int r = 0; r < rows; r++) {
                int at = r * width + o;
                IntVector.fromArray(INTS, exact, at)
                        .sub(zeroPoint.mul(activationSums[activationSumsOffset + r]))
                        .intoArray(exact, at);
            }
        }
    }

    /** {@code sums[r, o] += scales[o] · exact[r, o]}; exact becomes 0. */
    private static void addScaledIntegers(
            int[] exact, int rows, int width, float[] scales, int scalesOffset, float[] sums) {
        for (int o = 0; o < width; o += LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, scalesOffset + o);
            for (int r = 0; r < rows; r++) {
                int at = r * width + o;
                IntVector sum = IntVector.fromArray(INTS, exact, at);
                scale.mul(sum.convert(VectorOperators.I2F, 0))
                        .add(FloatVector.fromArray(FLOATS, sums, at))
                        .intoArray(sums, at);
                IntVector.zero(INTS).intoArray(exact, at);
            }
        }
    }
}

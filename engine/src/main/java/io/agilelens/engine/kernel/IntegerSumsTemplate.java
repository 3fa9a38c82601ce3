package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link IntegerSums} for the width in its class data, see {@link WidthTemplate}. */
final class IntegerSumsTemplate implements IntegerSums {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final int LANES = FLOATS.length();

    /** At least a byte a lane; the smallest vector there is has eight. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

    /** Added and subtracted, rounds a float below 2^22 to the nearest integer. */
    private static final float ROUNDER = 0x1.8p23f;

    private static final float FIELD = 4096;

    /** Middle of what a low sum can be, −1792…2048. */
    private static final float LOW_MIDDLE = 128;

    /** Exponent of 2^23, where a float's last bit counts 1. */
    private static final int UNIT_EXPONENT = 0x4B000000;

    /** What the bias of 8 in both halves of a pair adds, and 2^23. */
    private static final float PAIR_BIAS = 0x1p23f + 8 + 8 * FIELD;

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
    public void addScaled(
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

    @Override
    public void addExact(float[] parts, int count, int shift, int[] exact) {
        for (int i = 0; i < count; i += LANES) {
            IntVector part =
                    (IntVector)
                            FloatVector.fromArray(FLOATS, parts, i).convert(VectorOperators.F2I, 0);
            part.lanewise(VectorOperators.LSHL, shift)
                    .add(IntVector.fromArray(INTS, exact, i))
                    .intoArray(exact, i);
        }
    }

    @Override
    public void addScaledExact(
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

    @Override
    public void split(float[] paired, int rows, int width, float[] parts) {
        for (int i = 0; i < rows * width / 2; i += LANES) {
            FloatVector pairs = FloatVector.fromArray(FLOATS, paired, i);
            FloatVector high = pairs.sub(LOW_MIDDLE).mul(1 / FIELD).add(ROUNDER).sub(ROUNDER);
            pairs.sub(high.mul(FIELD)).intoArray(parts, 2 * i);
            high.intoArray(parts, 2 * i + LANES);
        }
    }

    @Override
    public void addScaledSplit(
            float[] paired, int rows, int width, float[] scales, int scalesOffset, float[] sums) {
        for (int o = 0; o < width; o += 2 * LANES) {
            FloatVector lowScale = FloatVector.fromArray(FLOATS, scales, scalesOffset + o);
            FloatVector highScale = FloatVector.fromArray(FLOATS, scales, scalesOffset + o + LANES);
            for (int r = 0; r < rows; r++) {
                int at = o + r * width;
                FloatVector pairs = FloatVector.fromArray(FLOATS, paired, at / 2);
                FloatVector high = pairs.sub(LOW_MIDDLE).mul(1 / FIELD).add(ROUNDER).sub(ROUNDER);
                pairs.sub(high.mul(FIELD))
                        .mul(lowScale)
                        .add(FloatVector.fromArray(FLOATS, sums, at))
                        .intoArray(sums, at);
                high.mul(highScale)
                        .add(FloatVector.fromArray(FLOATS, sums, at + LANES))
                        .intoArray(sums, at + LANES);
            }
        }
    }

    @Override
    public void subtractZeroPoints(
            float[] parts,
            int rows,
            int width,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int[] activationSums,
            int activationSumsOffset) {
        for (int o = 0; o < width; o += LANES) {
            FloatVector zeroPoint =
                    (FloatVector)
                            widened(zeroPoints, zeroPointsOffset + o)
                                    .convert(VectorOperators.I2F, 0);
            for (int r = 0; r < rows; r++) {
                int at = r * width + o;
                zeroPoint
                        .fma(
                                FloatVector.broadcast(
                                        FLOATS, (float) -activationSums[activationSumsOffset + r]),
                                FloatVector.fromArray(FLOATS, parts, at))
                        .intoArray(parts, at);
            }
        }
    }

    @Override
    public void subtractZeroPointsExact(
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
}

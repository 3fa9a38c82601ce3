package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link IntegerUnpacking} for the width in its class data, see {@link WidthTemplate}. */
final class IntegerUnpackingTemplate implements IntegerUnpacking {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SHAPE);

    private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, SHAPE);

    private static final int LANES = FLOATS.length();

    private static final int DOUBLE_LANES = LONGS.length();

    private static final int SHORT_LANES = 2 * LANES;

    /** At least a byte a lane; the smallest vector there is has eight. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

    /** A vector of lanes of four-bit codes, those of two inputs. */
    private static final VectorSpecies<Byte> FOURS = VectorSpecies.of(byte.class, SHAPE);

    /** Half of it. */
    private static final VectorSpecies<Byte> HALF_FOURS =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Integer.SIZE * DOUBLE_LANES));

    /** Bytes that a panel has for two inputs. */
    private static final int PAIR = FOURS.length();

    /** Distance of the fields of a triple. */
    private static final int TRIPLE_BITS = 18;

    private static final long TRIPLE_OF_HALVES =
            0xFL | 0xFL << TRIPLE_BITS | 0xFL << 2 * TRIPLE_BITS;

    /** Exponent of 2^23, where a float's last bit counts 1. */
    private static final int UNIT_EXPONENT = 0x4B000000;

    /** Exponent of 2^52, where a double's last bit counts 1. */
    private static final long DOUBLE_UNIT_EXPONENT = 0x4330000000000000L;

    // Methods that return vectors would be fewer lines, but the compiler stops inlining them where
    // there are many, and then every vector is an object.

    @Override
    public void unpackBytes(
            byte[] packed,
            int offset,
            int stride,
            byte[] zeroPoints,
            int zeroPointsOffset,
            float[] scales,
            int scalesOffset,
            float factor,
            int steps,
            float[] panel,
            int panelOffset) {
        FloatVector scaleA = FloatVector.fromArray(FLOATS, scales, scalesOffset).mul(factor);
        FloatVector scaleB =
                FloatVector.fromArray(FLOATS, scales, scalesOffset + LANES).mul(factor);
        IntVector zeroA =
                (IntVector)
                        ByteVector.fromArray(BYTES, zeroPoints, zeroPointsOffset)
                                .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        IntVector zeroB =
                (IntVector)
                        ByteVector.fromArray(BYTES, zeroPoints, zeroPointsOffset + LANES)
                                .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        for (int i = 0; i < steps; i++) {
            int from = offset + i * stride;
            int to = panelOffset + i * 2 * LANES;
            IntVector a =
                    (IntVector)
                            ByteVector.fromArray(BYTES, packed, from)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            ((FloatVector) a.sub(zeroA).convert(VectorOperators.I2F, 0))
                    .mul(scaleA)
                    .intoArray(panel, to);
            IntVector b =
                    (IntVector)
                            ByteVector.fromArray(BYTES, packed, from + LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            ((FloatVector) b.sub(zeroB).convert(VectorOperators.I2F, 0))
                    .mul(scaleB)
                    .intoArray(panel, to + LANES);
        }
    }

    @Override
    public void unpackFours(
            byte[] packed,
            int offset,
            int input,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int group,
            boolean last,
            float[] scales,
            int scalesOffset,
            float factor,
            int steps,
            float[] panel,
            int panelOffset) {
        FloatVector firstScale = FloatVector.fromArray(FLOATS, scales, scalesOffset).mul(factor);
        FloatVector secondScale =
                FloatVector.fromArray(FLOATS, scales, scalesOffset + LANES).mul(factor);
        int first = last ? 4 : 0;
        int second = last ? 8 : 12;
        IntVector zeros =
                ByteVector.fromArray(FOURS, zeroPoints, zeroPointsOffset + group / 2 * PAIR)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, group % 2 * 16);
        IntVector firstZero = zeros.lanewise(VectorOperators.LSHR, first).and(0xF);
        IntVector secondZero = zeros.lanewise(VectorOperators.LSHR, second).and(0xF);
        for (int i = 0; i < steps; i++) {
            int to = panelOffset + i * 2 * LANES;
            IntVector codes =
                    ByteVector.fromArray(FOURS, packed, offset + (input + i) / 2 * PAIR)
                            .reinterpretAsInts()
                            .lanewise(VectorOperators.LSHR, (input + i) % 2 * 16);
            IntVector a = codes.lanewise(VectorOperators.LSHR, first).and(0xF).sub(firstZero);
            IntVector b = codes.lanewise(VectorOperators.LSHR, second).and(0xF).sub(secondZero);
            ((FloatVector) a.convert(VectorOperators.I2F, 0)).mul(firstScale).intoArray(panel, to);
            ((FloatVector) b.convert(VectorOperators.I2F, 0))
                    .mul(secondScale)
                    .intoArray(panel, to + LANES);
        }
    }

    /** {@code 2^23 + low + F · high} less that of the zero points: both biases cancel. */
    @Override
    public void unpackPairs(
            byte[] packed,
            int offset,
            int input,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int group,
            int steps,
            float[] panel,
            int panelOffset) {
        IntVector zeros =
                ByteVector.fromArray(FOURS, zeroPoints, zeroPointsOffset + group / 2 * PAIR)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, group % 2 * 16)
                        .and(0xFFFF);
        FloatVector firstZero = zeros.and(0xF00F).or(UNIT_EXPONENT).reinterpretAsFloats();
        FloatVector lastZero =
                zeros.lanewise(VectorOperators.LSHR, 4)
                        .or(zeros.lanewise(VectorOperators.LSHL, 4))
                        .and(0xF00F)
                        .or(UNIT_EXPONENT)
                        .reinterpretAsFloats();
        for (int i = 0; i < steps; i++) {
            int to = panelOffset + i * 2 * LANES;
            IntVector codes =
                    ByteVector.fromArray(FOURS, packed, offset + (input + i) / 2 * PAIR)
                            .reinterpretAsInts()
                            .lanewise(VectorOperators.LSHR, (input + i) % 2 * 16)
                            .and(0xFFFF);
            codes.and(0xF00F)
                    .or(UNIT_EXPONENT)
                    .reinterpretAsFloats()
                    .sub(firstZero)
                    .intoArray(panel, to);
            codes.lanewise(VectorOperators.LSHR, 4)
                    .or(codes.lanewise(VectorOperators.LSHL, 4))
                    .and(0xF00F)
                    .or(UNIT_EXPONENT)
                    .reinterpretAsFloats()
                    .sub(lastZero)
                    .intoArray(panel, to + LANES);
        }
    }

    @Override
    public void unpackShorts(
            byte[] packed,
            int offset,
            int input,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int group,
            int steps,
            short[] panel,
            int panelOffset) {
        IntVector zeros =
                ByteVector.fromArray(FOURS, zeroPoints, zeroPointsOffset + group / 2 * PAIR)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, group % 2 * 16)
                        .and(0xFFFF);
        ShortVector firstZeros =
                zeros.or(zeros.lanewise(VectorOperators.LSHL, 4))
                        .and(0xF000F)
                        .reinterpretAsShorts();
        ShortVector lastZeros =
                zeros.lanewise(VectorOperators.LSHR, 4)
                        .or(zeros.lanewise(VectorOperators.LSHL, 8))
                        .and(0xF000F)
                        .reinterpretAsShorts();
        for (int i = 0; i < steps; i++) {
            int to = panelOffset + i * 2 * SHORT_LANES;
            IntVector codes =
                    ByteVector.fromArray(FOURS, packed, offset + (input + i) / 2 * PAIR)
                            .reinterpretAsInts()
                            .lanewise(VectorOperators.LSHR, (input + i) % 2 * 16)
                            .and(0xFFFF);
            codes.or(codes.lanewise(VectorOperators.LSHL, 4))
                    .and(0xF000F)
                    .reinterpretAsShorts()
                    .sub(firstZeros)
                    .intoArray(panel, to);
            codes.lanewise(VectorOperators.LSHR, 4)
                    .or(codes.lanewise(VectorOperators.LSHL, 8))
                    .and(0xF000F)
                    .reinterpretAsShorts()
                    .sub(lastZeros)
                    .intoArray(panel, to + SHORT_LANES);
        }
    }

    @Override
    public void unpackTriples(
            byte[] packed,
            int offset,
            int distance,
            int input,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int distanceOfZeroPoints,
            int group,
            int chunk,
            int steps,
            double[] panel,
            int panelOffset) {
        double[] zeros = Scratch.ofThread().wideParts(2 * DOUBLE_LANES);
        joinTriples(zeroPoints, zeroPointsOffset, distanceOfZeroPoints, group, chunk, 1, zeros, 0);
        joinTriples(packed, offset, distance, input, chunk, steps, panel, panelOffset);
        DoubleVector low = DoubleVector.fromArray(DOUBLES, zeros, 0);
        DoubleVector high = DoubleVector.fromArray(DOUBLES, zeros, DOUBLE_LANES);
        for (int i = 0; i < steps; i++) {
            int at = panelOffset + i * 2 * DOUBLE_LANES;
            DoubleVector.fromArray(DOUBLES, panel, at).sub(low).intoArray(panel, at);
            DoubleVector.fromArray(DOUBLES, panel, at + DOUBLE_LANES)
                    .sub(high)
                    .intoArray(panel, at + DOUBLE_LANES);
        }
    }

    /** {@code 2^52 + first + F · second + F² · third} of one vector, then of another. */
    private static void joinTriples(
            byte[] packed,
            int offset,
            int distance,
            int input,
            int chunk,
            int steps,
            double[] panel,
            int panelOffset) {
        int low = chunk / 2 == 0 ? 0 : 4;
        int high = chunk / 2 == 0 ? 12 : 8;
        int first = offset + chunk % 2 * (PAIR / 2);
        for (int i = 0; i < steps; i++) {
            int from = first + (input + i) / 2 * PAIR;
            int half = (input + i) % 2 * 16;
            LongVector a =
                    ((LongVector)
                                    ByteVector.fromArray(HALF_FOURS, packed, from)
                                            .reinterpretAsInts()
                                            .convertShape(
                                                    VectorOperators.ZERO_EXTEND_I2L, LONGS, 0))
                            .lanewise(VectorOperators.LSHR, half)
                            .and(0xFFFF);
            LongVector b =
                    ((LongVector)
                                    ByteVector.fromArray(HALF_FOURS, packed, from + distance)
                                            .reinterpretAsInts()
                                            .convertShape(
                                                    VectorOperators.ZERO_EXTEND_I2L, LONGS, 0))
                            .lanewise(VectorOperators.LSHR, half)
                            .and(0xFFFF);
            LongVector c =
                    ((LongVector)
                                    ByteVector.fromArray(HALF_FOURS, packed, from + 2 * distance)
                                            .reinterpretAsInts()
                                            .convertShape(
                                                    VectorOperators.ZERO_EXTEND_I2L, LONGS, 0))
                            .lanewise(VectorOperators.LSHR, half)
                            .and(0xFFFF);
            LongVector all =
                    a.or(b.lanewise(VectorOperators.LSHL, TRIPLE_BITS))
                            .or(c.lanewise(VectorOperators.LSHL, 2 * TRIPLE_BITS));
            int to = panelOffset + i * 2 * DOUBLE_LANES;
            all.lanewise(VectorOperators.LSHR, low)
                    .and(TRIPLE_OF_HALVES)
                    .or(DOUBLE_UNIT_EXPONENT)
                    .reinterpretAsDoubles()
                    .intoArray(panel, to);
            all.lanewise(VectorOperators.LSHR, high)
                    .and(TRIPLE_OF_HALVES)
                    .or(DOUBLE_UNIT_EXPONENT)
                    .reinterpretAsDoubles()
                    .intoArray(panel, to + DOUBLE_LANES);
        }
    }

    @Override
    public void widen(
            byte[] x,
            int offset,
            float[] factors,
            int factorsOffset,
            float[] row,
            int rowOffset,
            int count) {
        int i = 0;
        int bound = count - Math.max(LANES, BYTES.length());
        for (; i <= bound; i += LANES) {
            IntVector codes =
                    (IntVector)
                            ByteVector.fromArray(BYTES, x, offset + i)
                                    .convertShape(VectorOperators.B2I, INTS, 0);
            ((FloatVector) codes.convert(VectorOperators.I2F, 0))
                    .mul(FloatVector.fromArray(FLOATS, factors, factorsOffset + i))
                    .intoArray(row, rowOffset + i);
        }
        for (; i < count; i++) {
            row[rowOffset + i] = x[offset + i] * factors[factorsOffset + i];
        }
    }
}

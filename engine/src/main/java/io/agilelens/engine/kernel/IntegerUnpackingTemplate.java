package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
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

    /** At least a byte a lane; the smallest vector there is has eight. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

    /** Eight bytes, of which the first are widened to a vector of longs. */
    private static final VectorSpecies<Byte> FEW_BYTES = ByteVector.SPECIES_64;

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
            int steps,
            float[] panel,
            int panelOffset) {
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
            ((FloatVector) a.sub(zeroA).convert(VectorOperators.I2F, 0)).intoArray(panel, to);
            IntVector b =
                    (IntVector)
                            ByteVector.fromArray(BYTES, packed, from + LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            ((FloatVector) b.sub(zeroB).convert(VectorOperators.I2F, 0))
                    .intoArray(panel, to + LANES);
        }
    }

    @Override
    public void unpackHalves(
            byte[] packed,
            int offset,
            int stride,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int steps,
            float[] panel,
            int panelOffset) {
        IntVector zeros =
                (IntVector)
                        ByteVector.fromArray(BYTES, zeroPoints, zeroPointsOffset)
                                .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        IntVector zeroLow = zeros.and(0xF);
        IntVector zeroHigh = zeros.lanewise(VectorOperators.LSHR, 4);
        for (int i = 0; i < steps; i++) {
            int to = panelOffset + i * 2 * LANES;
            IntVector both =
                    (IntVector)
                            ByteVector.fromArray(BYTES, packed, offset + i * stride)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            ((FloatVector) both.and(0xF).sub(zeroLow).convert(VectorOperators.I2F, 0))
                    .intoArray(panel, to);
            ((FloatVector)
                            both.lanewise(VectorOperators.LSHR, 4)
                                    .sub(zeroHigh)
                                    .convert(VectorOperators.I2F, 0))
                    .intoArray(panel, to + LANES);
        }
    }

    @Override
    public void unpackPairs(
            byte[] packed,
            int offset,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int steps,
            float[] panel,
            int panelOffset) {
        unpackPairColumn(packed, offset, zeroPoints, zeroPointsOffset, steps, panel, panelOffset);
        unpackPairColumn(
                packed,
                offset + LANES,
                zeroPoints,
                zeroPointsOffset + LANES,
                steps,
                panel,
                panelOffset + LANES);
    }

    /** {@code 2^23 + low + F · high} less that of the zero points: both biases cancel. */
    private static void unpackPairColumn(
            byte[] packed,
            int offset,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int steps,
            float[] panel,
            int panelOffset) {
        IntVector zeros =
                (IntVector)
                        ByteVector.fromArray(BYTES, zeroPoints, zeroPointsOffset)
                                .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        FloatVector zero =
                zeros.lanewise(VectorOperators.LSHL, 8)
                        .or(zeros)
                        .and(0xF00F)
                        .or(UNIT_EXPONENT)
                        .reinterpretAsFloats();
        for (int i = 0; i < 2 * LANES * steps; i += 2 * LANES) {
            IntVector pairs =
                    (IntVector)
                            ByteVector.fromArray(BYTES, packed, offset + i)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            pairs.lanewise(VectorOperators.LSHL, 8)
                    .or(pairs)
                    .and(0xF00F)
                    .or(UNIT_EXPONENT)
                    .reinterpretAsFloats()
                    .sub(zero)
                    .intoArray(panel, panelOffset + i);
        }
    }

    @Override
    public void unpackTriples(
            byte[] packed,
            int first,
            int distance,
            int stride,
            byte[] zeroPoints,
            int firstZeroPoint,
            int distanceOfZeroPoints,
            int steps,
            double[] panel,
            int panelOffset) {
        double[] zeros = Scratch.ofThread().wideParts(2 * DOUBLE_LANES);
        joinTriples(zeroPoints, firstZeroPoint, distanceOfZeroPoints, 0, 1, zeros, 0);
        joinTriples(packed, first, distance, stride, steps, panel, panelOffset);
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

    /** {@code 2^52 + first + F · second + F² · third} of the low halves, then of the high ones. */
    private static void joinTriples(
            byte[] packed,
            int first,
            int distance,
            int stride,
            int steps,
            double[] panel,
            int panelOffset) {
        for (int i = 0; i < steps; i++) {
            int from = first + i * stride;
            LongVector a =
                    (LongVector)
                            ByteVector.fromArray(FEW_BYTES, packed, from)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2L, LONGS, 0);
            LongVector b =
                    (LongVector)
                            ByteVector.fromArray(FEW_BYTES, packed, from + distance)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2L, LONGS, 0);
            LongVector c =
                    (LongVector)
                            ByteVector.fromArray(FEW_BYTES, packed, from + 2 * distance)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2L, LONGS, 0);
            LongVector all =
                    a.or(b.lanewise(VectorOperators.LSHL, TRIPLE_BITS))
                            .or(c.lanewise(VectorOperators.LSHL, 2 * TRIPLE_BITS));
            int to = panelOffset + i * 2 * DOUBLE_LANES;
            all.and(TRIPLE_OF_HALVES)
                    .or(DOUBLE_UNIT_EXPONENT)
                    .reinterpretAsDoubles()
                    .intoArray(panel, to);
            all.lanewise(VectorOperators.LSHR, 4)
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

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

    /** Exponent of 2^23, where a float's last bit counts 1. */
    private static final int UNIT_EXPONENT = 0x4B000000;

    /** Exponent of 2^52, where a double's last bit counts 1. */
    private static final long DOUBLE_UNIT_EXPONENT = 0x4330000000000000L;

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
        FloatVector zeroA = unsigned(zeroPoints, zeroPointsOffset);
        FloatVector zeroB = unsigned(zeroPoints, zeroPointsOffset + LANES);
        for (int i = 0; i < steps; i++) {
            int from = offset + i * stride;
            int to = panelOffset + i * 2 * LANES;
            unsigned(packed, from).sub(zeroA).intoArray(panel, to);
            unsigned(packed, from + LANES).sub(zeroB).intoArray(panel, to + LANES);
        }
    }

    private static FloatVector unsigned(byte[] packed, int offset) {
        return (FloatVector) zeroExtendedInts(packed, offset).convert(VectorOperators.I2F, 0);
    }

    private static IntVector zeroExtendedInts(byte[] packed, int offset) {
        return (IntVector)
                ByteVector.fromArray(BYTES, packed, offset)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    /** Both biases cancel, as do the exponents. */
    @Override
    public void unpackPairs(
            byte[] packed,
            int offset,
            byte[] zeroPoints,
            int zeroPointsOffset,
            int steps,
            float[] panel,
            int panelOffset) {
        FloatVector zeroA = pairs(zeroPoints, zeroPointsOffset);
        FloatVector zeroB = pairs(zeroPoints, zeroPointsOffset + LANES);
        for (int i = 0; i < 2 * LANES * steps; i += 2 * LANES) {
            pairs(packed, offset + i).sub(zeroA).intoArray(panel, panelOffset + i);
            pairs(packed, offset + i + LANES).sub(zeroB).intoArray(panel, panelOffset + i + LANES);
        }
    }

    /** {@code 2^23 + low + F · high}. */
    private static FloatVector pairs(byte[] packed, int offset) {
        IntVector pairs = zeroExtendedInts(packed, offset);
        return pairs.lanewise(VectorOperators.LSHL, 8)
                .or(pairs)
                .and(0xF00F)
                .or(UNIT_EXPONENT)
                .reinterpretAsFloats();
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
        LongVector zeros = triples(zeroPoints, firstZeroPoint, distanceOfZeroPoints);
        DoubleVector zerosOfLow = doubles(zeros);
        DoubleVector zerosOfHigh = doubles(zeros.lanewise(VectorOperators.LSHR, 4));
        for (int i = 0; i < steps; i++) {
            LongVector all = triples(packed, first + i * stride, distance);
            int at = panelOffset + i * 2 * DOUBLE_LANES;
            doubles(all).sub(zerosOfLow).intoArray(panel, at);
            doubles(all.lanewise(VectorOperators.LSHR, 4))
                    .sub(zerosOfHigh)
                    .intoArray(panel, at + DOUBLE_LANES);
        }
    }

    /** The bytes of three panels, a field's distance apart. */
    private static LongVector triples(byte[] packed, int at, int distance) {
        LongVector a = zeroExtended(packed, at);
        LongVector b = zeroExtended(packed, at + distance);
        LongVector c = zeroExtended(packed, at + 2 * distance);
        return a.or(b.lanewise(VectorOperators.LSHL, TRIPLE_BITS))
                .or(c.lanewise(VectorOperators.LSHL, 2 * TRIPLE_BITS));
    }

    private static LongVector zeroExtended(byte[] packed, int offset) {
        return (LongVector)
                ByteVector.fromArray(FEW_BYTES, packed, offset)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2L, LONGS, 0);
    }

    /** {@code 2^52 + first + F · second + F² · third} of the low halves. */
    private static DoubleVector doubles(LongVector triples) {
        return triples.and(0xFL | 0xFL << TRIPLE_BITS | 0xFL << 2 * TRIPLE_BITS)
                .or(DOUBLE_UNIT_EXPONENT)
                .reinterpretAsDoubles();
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
            widened(x, offset + i)
                    .mul(FloatVector.fromArray(FLOATS, factors, factorsOffset + i))
                    .intoArray(row, rowOffset + i);
        }
        for (; i < count; i++) {
            row[rowOffset + i] = x[offset + i] * factors[factorsOffset + i];
        }
    }

    private static FloatVector widened(byte[] x, int offset) {
        IntVector values =
                (IntVector)
                        ByteVector.fromArray(BYTES, x, offset)
                                .convertShape(VectorOperators.B2I, INTS, 0);
        return (FloatVector) values.convert(VectorOperators.I2F, 0);
    }
}

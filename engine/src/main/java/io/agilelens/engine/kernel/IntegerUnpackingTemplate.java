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

    /** Distance of the two fields of a pair. */
    private static final float PAIR_FIELD = 0x1p12f;

    /** Distance of the fields of a triple. */
    private static final int TRIPLE_BITS = 18;

    private static final double TRIPLE_FIELD = 0x1p18;

    /** Exponent of 2^23, where a float's last bit counts 1. */
    private static final int UNIT_EXPONENT = 0x4B000000;

    /** Exponent of 2^52, where a double's last bit counts 1. */
    private static final long DOUBLE_UNIT_EXPONENT = 0x4330000000000000L;

    /** What the bias of 8 in both halves of a pair adds, and 2^23. */
    private static final float PAIR_BIAS = 0x1p23f + 8 + 8 * PAIR_FIELD;

    /** What the bias of 8 in each part of a triple adds, and 2^52. */
    private static final double TRIPLE_BIAS =
            0x1p52 + 8 + 8 * TRIPLE_FIELD + 8 * TRIPLE_FIELD * TRIPLE_FIELD;

    @Override
    public void unpackBytes(byte[] packed, int offset, float[] panel, int count) {
        for (int i = 0; i < count; i += LANES) {
            widened(packed, offset + i).intoArray(panel, i);
        }
    }

    @Override
    public void unpackPairs(byte[] packed, int offset, float[] panel, int count) {
        for (int i = 0; i < count; i += LANES) {
            IntVector pairs =
                    (IntVector)
                            ByteVector.fromArray(BYTES, packed, offset + i)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            pairs.lanewise(VectorOperators.LSHL, 8)
                    .or(pairs)
                    .and(0xF00F)
                    .or(UNIT_EXPONENT)
                    .reinterpretAsFloats()
                    .sub(PAIR_BIAS)
                    .intoArray(panel, i);
        }
    }

    @Override
    public void unpackTriples(
            byte[] packed, int first, int distance, int stride, int steps, double[] panel) {
        for (int i = 0; i < steps; i++) {
            int at = first + i * stride;
            LongVector a = zeroExtended(packed, at);
            LongVector b = zeroExtended(packed, at + distance);
            LongVector c = zeroExtended(packed, at + 2 * distance);
            LongVector all =
                    a.or(b.lanewise(VectorOperators.LSHL, TRIPLE_BITS))
                            .or(c.lanewise(VectorOperators.LSHL, 2 * TRIPLE_BITS));
            triples(all).intoArray(panel, i * 2 * DOUBLE_LANES);
            triples(all.lanewise(VectorOperators.LSHR, 4))
                    .intoArray(panel, i * 2 * DOUBLE_LANES + DOUBLE_LANES);
        }
    }

    private static LongVector zeroExtended(byte[] packed, int offset) {
        return (LongVector)
                ByteVector.fromArray(FEW_BYTES, packed, offset)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2L, LONGS, 0);
    }

    private static DoubleVector triples(LongVector nibbles) {
        return nibbles.and(0xFL | 0xFL << TRIPLE_BITS | 0xFL << 2 * TRIPLE_BITS)
                .or(DOUBLE_UNIT_EXPONENT)
                .reinterpretAsDoubles()
                .sub(TRIPLE_BIAS);
    }

    @Override
    public void widen(
            byte[] x, int offset, float[] factors, float[] row, int rowOffset, int count) {
        int i = 0;
        int bound = count - Math.max(LANES, BYTES.length());
        for (; i <= bound; i += LANES) {
            widened(x, offset + i)
                    .mul(FloatVector.fromArray(FLOATS, factors, i))
                    .intoArray(row, rowOffset + i);
        }
        for (; i < count; i++) {
            row[rowOffset + i] = x[offset + i] * factors[i];
        }
    }

    @Override
    public float sum(float[] x, int from, int to) {
        FloatVector sums = FloatVector.zero(FLOATS);
        int i = from;
        for (; i <= to - LANES; i += LANES) {
            sums = sums.add(FloatVector.fromArray(FLOATS, x, i));
        }
        float[] lanes = Scratch.ofThread().parts(LANES);
        sums.intoArray(lanes, 0);
        float sum = LaneSums.sum(lanes, 0, LANES);
        for (; i < to; i++) {
            sum += x[i];
        }
        return sum;
    }

    private static FloatVector widened(byte[] x, int offset) {
        IntVector values =
                (IntVector)
                        ByteVector.fromArray(BYTES, x, offset)
                                .convertShape(VectorOperators.B2I, INTS, 0);
        return (FloatVector) values.convert(VectorOperators.I2F, 0);
    }
}

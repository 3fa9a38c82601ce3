package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link ShortLaneProducts} for the width in its class data, see {@link WidthTemplate}. */
final class ShortLaneProductsTemplate implements ShortLaneProducts {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);

    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final int LANES = FLOATS.length();

    /** Bytes of a vector, which is what a pair of inputs has in a panel. */
    private static final int PAIR = BYTES.length();

    /**
     * Shifting 16-bit lanes by a vector of counts is one operation where vectors of 512 bits are,
     * and many elsewhere; shifting all by one count that is no constant of the instruction is two.
     */
    private static final boolean COUNTS_IN_LANES = SHAPE.vectorBitSize() == 512;

    private static final ShortVector FOUR = ShortVector.broadcast(SHORTS, 4);

    private static final ShortVector EIGHT = ShortVector.broadcast(SHORTS, 8);

    private static final ShortVector TWELVE = ShortVector.broadcast(SHORTS, 12);

    // Methods that return vectors would be fewer lines, but the compiler stops inlining them where
    // there are many, and then every vector is an object. The inner loop ends where an index meets
    // another, which is none that the compiler splits into one before, one behind and one unrolled
    // between them: a turn is too short for these.

    @Override
    public int multiply(
            byte[] codes,
            int offset,
            int[] activations,
            int[] biases,
            Segments segments,
            Turns turns,
            float[] totals,
            byte[] zeroPoints,
            int zeroPointsOffset,
            float[] scales,
            int scalesOffset,
            float[] sums) {
        FloatVector total0 = FloatVector.zero(FLOATS);
        FloatVector total1 = total0;
        FloatVector total2 = total0;
        FloatVector total3 = total0;
        ShortVector four = FOUR;
        ShortVector eight = EIGHT;
        ShortVector twelve = TWELVE;
        int touched = 0;
        int[] firstTurns = turns.firstTurns();
        for (int segment = 0; segment < firstTurns.length - 1; segment++) {
            FloatVector sum0 = FloatVector.zero(FLOATS);
            FloatVector sum1 = sum0;
            FloatVector sum2 = sum0;
            FloatVector sum3 = sum0;
            int lastTurn = firstTurns[segment + 1];
            for (int turn = firstTurns[segment]; turn < lastTurn; turn++) {
                ShortVector all = ShortVector.zero(SHORTS);
                ShortVector from4 = all;
                ShortVector from8 = all;
                ShortVector from12 = all;
                int w = offset + turns.pairs()[turn] * PAIR;
                int x = turns.slots()[turn];
                int end = turns.slots()[turn + 1];
                do {
                    touched |= codes[w + WeightOnlyProducts.READ_AHEAD];
                    ShortVector a = ByteVector.fromArray(BYTES, codes, w).reinterpretAsShorts();
                    ShortVector xa =
                            IntVector.broadcast(INTS, activations[x]).reinterpretAsShorts();
                    all = a.mul(xa).add(all);
                    from4 =
                            (COUNTS_IN_LANES
                                            ? a.lanewise(VectorOperators.LSHR, four)
                                            : a.lanewise(VectorOperators.LSHR, 4))
                                    .mul(xa)
                                    .add(from4);
                    from8 =
                            (COUNTS_IN_LANES
                                            ? a.lanewise(VectorOperators.LSHR, eight)
                                            : a.lanewise(VectorOperators.LSHR, 8))
                                    .mul(xa)
                                    .add(from8);
                    from12 =
                            (COUNTS_IN_LANES
                                            ? a.lanewise(VectorOperators.LSHR, twelve)
                                            : a.lanewise(VectorOperators.LSHR, 12))
                                    .mul(xa)
                                    .add(from12);
                    touched |= codes[w + PAIR + WeightOnlyProducts.READ_AHEAD];
                    ShortVector b =
                            ByteVector.fromArray(BYTES, codes, w + PAIR).reinterpretAsShorts();
                    ShortVector xb =
                            IntVector.broadcast(INTS, activations[x + 1]).reinterpretAsShorts();
                    all = b.mul(xb).add(all);
                    from4 =
                            (COUNTS_IN_LANES
                                            ? b.lanewise(VectorOperators.LSHR, four)
                                            : b.lanewise(VectorOperators.LSHR, 4))
                                    .mul(xb)
                                    .add(from4);
                    from8 =
                            (COUNTS_IN_LANES
                                            ? b.lanewise(VectorOperators.LSHR, eight)
                                            : b.lanewise(VectorOperators.LSHR, 8))
                                    .mul(xb)
                                    .add(from8);
                    from12 =
                            (COUNTS_IN_LANES
                                            ? b.lanewise(VectorOperators.LSHR, twelve)
                                            : b.lanewise(VectorOperators.LSHR, 12))
                                    .mul(xb)
                                    .add(from12);
                    touched |= codes[w + 2 * PAIR + WeightOnlyProducts.READ_AHEAD];
                    ShortVector c =
                            ByteVector.fromArray(BYTES, codes, w + 2 * PAIR).reinterpretAsShorts();
                    ShortVector xc =
                            IntVector.broadcast(INTS, activations[x + 2]).reinterpretAsShorts();
                    all = c.mul(xc).add(all);
                    from4 =
                            (COUNTS_IN_LANES
                                            ? c.lanewise(VectorOperators.LSHR, four)
                                            : c.lanewise(VectorOperators.LSHR, 4))
                                    .mul(xc)
                                    .add(from4);
                    from8 =
                            (COUNTS_IN_LANES
                                            ? c.lanewise(VectorOperators.LSHR, eight)
                                            : c.lanewise(VectorOperators.LSHR, 8))
                                    .mul(xc)
                                    .add(from8);
                    from12 =
                            (COUNTS_IN_LANES
                                            ? c.lanewise(VectorOperators.LSHR, twelve)
                                            : c.lanewise(VectorOperators.LSHR, 12))
                                    .mul(xc)
                                    .add(from12);
                    touched |= codes[w + 3 * PAIR + WeightOnlyProducts.READ_AHEAD];
                    ShortVector d =
                            ByteVector.fromArray(BYTES, codes, w + 3 * PAIR).reinterpretAsShorts();
                    ShortVector xd =
                            IntVector.broadcast(INTS, activations[x + 3]).reinterpretAsShorts();
                    all = d.mul(xd).add(all);
                    from4 =
                            (COUNTS_IN_LANES
                                            ? d.lanewise(VectorOperators.LSHR, four)
                                            : d.lanewise(VectorOperators.LSHR, 4))
                                    .mul(xd)
                                    .add(from4);
                    from8 =
                            (COUNTS_IN_LANES
                                            ? d.lanewise(VectorOperators.LSHR, eight)
                                            : d.lanewise(VectorOperators.LSHR, 8))
                                    .mul(xd)
                                    .add(from8);
                    from12 =
                            (COUNTS_IN_LANES
                                            ? d.lanewise(VectorOperators.LSHR, twelve)
                                            : d.lanewise(VectorOperators.LSHR, 12))
                                    .mul(xd)
                                    .add(from12);
                    w += BLOCK * PAIR;
                    x += BLOCK;
                } while (x != end);
                ShortVector bias = IntVector.broadcast(INTS, biases[turn]).reinterpretAsShorts();
                FloatVector step = FloatVector.broadcast(FLOATS, 1 << turns.shifts()[turn]);
                IntVector own0 = all.sub(from4.mul((short) 16)).sub(bias).reinterpretAsInts();
                IntVector own1 = from12.sub(bias).reinterpretAsInts();
                IntVector own2 = from4.sub(from8.mul((short) 16)).sub(bias).reinterpretAsInts();
                IntVector own3 = from8.sub(from12.mul((short) 16)).sub(bias).reinterpretAsInts();
                IntVector both0 =
                        own0.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 16)
                                .add(own0.lanewise(VectorOperators.ASHR, 16));
                IntVector both1 =
                        own1.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 16)
                                .add(own1.lanewise(VectorOperators.ASHR, 16));
                IntVector both2 =
                        own2.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 16)
                                .add(own2.lanewise(VectorOperators.ASHR, 16));
                IntVector both3 =
                        own3.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 16)
                                .add(own3.lanewise(VectorOperators.ASHR, 16));
                sum0 = ((FloatVector) both0.convert(VectorOperators.I2F, 0)).fma(step, sum0);
                sum1 = ((FloatVector) both1.convert(VectorOperators.I2F, 0)).fma(step, sum1);
                sum2 = ((FloatVector) both2.convert(VectorOperators.I2F, 0)).fma(step, sum2);
                sum3 = ((FloatVector) both3.convert(VectorOperators.I2F, 0)).fma(step, sum3);
            }
            int group = segments.groups()[segment];
            float total = totals[segment];
            if (total != 0) {
                IntVector zeros =
                        ByteVector.fromArray(BYTES, zeroPoints, zeroPointsOffset + group / 2 * PAIR)
                                .reinterpretAsInts()
                                .lanewise(VectorOperators.LSHR, group % 2 * 16);
                FloatVector less = FloatVector.broadcast(FLOATS, -total);
                IntVector zero0 = zeros.and(0xF).sub(BIAS);
                IntVector zero1 = zeros.lanewise(VectorOperators.LSHR, 12).and(0xF).sub(BIAS);
                IntVector zero2 = zeros.lanewise(VectorOperators.LSHR, 4).and(0xF).sub(BIAS);
                IntVector zero3 = zeros.lanewise(VectorOperators.LSHR, 8).and(0xF).sub(BIAS);
                sum0 = ((FloatVector) zero0.convert(VectorOperators.I2F, 0)).fma(less, sum0);
                sum1 = ((FloatVector) zero1.convert(VectorOperators.I2F, 0)).fma(less, sum1);
                sum2 = ((FloatVector) zero2.convert(VectorOperators.I2F, 0)).fma(less, sum2);
                sum3 = ((FloatVector) zero3.convert(VectorOperators.I2F, 0)).fma(less, sum3);
            }
            FloatVector unit = FloatVector.broadcast(FLOATS, 1 << segments.shifts()[segment]);
            int scale = scalesOffset + group * 4 * LANES;
            total0 = sum0.mul(unit).fma(FloatVector.fromArray(FLOATS, scales, scale), total0);
            total1 =
                    sum1.mul(unit)
                            .fma(FloatVector.fromArray(FLOATS, scales, scale + LANES), total1);
            total2 =
                    sum2.mul(unit)
                            .fma(FloatVector.fromArray(FLOATS, scales, scale + 2 * LANES), total2);
            total3 =
                    sum3.mul(unit)
                            .fma(FloatVector.fromArray(FLOATS, scales, scale + 3 * LANES), total3);
        }
        total0.intoArray(sums, 0);
        total1.intoArray(sums, LANES);
        total2.intoArray(sums, 2 * LANES);
        total3.intoArray(sums, 3 * LANES);
        return touched;
    }
}

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

    /** Whether the next panel is touched instead of what comes next in this one. */
    private static final boolean FAR = WidthTemplate.readsFar(MethodHandles.lookup());

    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);

    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final int LANES = FLOATS.length();

    private static final int SHORT_LANES = SHORTS.length();

    /** Bytes of a vector, which is what a pair of inputs has in a panel. */
    private static final int PAIR = BYTES.length();

    private static final int PAIR_SHIFT = Integer.numberOfTrailingZeros(PAIR);

    /**
     * Shifting 16-bit lanes by a vector of counts is one operation where vectors of 512 bits are,
     * and many elsewhere; shifting all by one count that is no constant of the instruction is two.
     */
    private static final boolean COUNTS_IN_LANES = SHAPE.vectorBitSize() == 512;

    private static final ShortVector FOUR = ShortVector.broadcast(SHORTS, 4);

    private static final ShortVector EIGHT = ShortVector.broadcast(SHORTS, 8);

    private static final ShortVector TWELVE = ShortVector.broadcast(SHORTS, 12);

    // The compiler surely inlines some sixty vector operations of a method. Those behind them it
    // may inline too late, and then vectors that a loop hands on are objects, in some processes and
    // not in others. So here only the innermost loop has such vectors. It ends where an index meets
    // another, which is none that the compiler splits into one before, one behind and one unrolled
    // between them: a turn is too short for these.

    @Override
    public int multiply(
            byte[] codes,
            int offset,
            int panelBytes,
            int[] activations,
            int[] biases,
            Segments segments,
            Turns turns,
            float[] scales,
            int scalesOffset,
            short[] laneSums,
            float[] parts,
            float[] sums) {
        ShortVector four = FOUR;
        ShortVector eight = EIGHT;
        ShortVector twelve = TWELVE;
        int next = offset + panelBytes;
        int touched = 0;
        int[] firstTurns = turns.firstTurns();
        for (int segment = 0; segment < firstTurns.length - 1; segment++) {
            int shift = segments.shifts()[segment];
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
                    int pair = w - offset >>> PAIR_SHIFT;
                    touched |=
                            codes[
                                    FAR
                                            ? next + ReadAhead.touch(pair, PAIR, panelBytes)
                                            : w + ReadAhead.DISTANCE];
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
                    touched |=
                            codes[
                                    FAR
                                            ? next + ReadAhead.touch(pair + 1, PAIR, panelBytes)
                                            : w + PAIR + ReadAhead.DISTANCE];
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
                    w += BLOCK * PAIR;
                    x += BLOCK;
                } while (x != end);
                all.intoArray(laneSums, 0);
                from4.intoArray(laneSums, SHORT_LANES);
                from8.intoArray(laneSums, 2 * SHORT_LANES);
                from12.intoArray(laneSums, 3 * SHORT_LANES);
                ShortVector bias = IntVector.broadcast(INTS, biases[turn]).reinterpretAsShorts();
                FloatVector unit = FloatVector.broadcast(FLOATS, 1 << turns.shifts()[turn] + shift);
                for (int weight = 0; weight < 4; weight++) {
                    int lane = weight * SHORT_LANES;
                    int part = weight * LANES;
                    IntVector own =
                            ShortVector.fromArray(SHORTS, laneSums, lane)
                                    .sub(
                                            ShortVector.fromArray(
                                                            SHORTS, laneSums, lane + SHORT_LANES)
                                                    .lanewise(VectorOperators.LSHL, 4))
                                    .sub(bias)
                                    .reinterpretAsInts();
                    IntVector odd = own.lanewise(VectorOperators.ASHR, 16);
                    IntVector both =
                            own.lanewise(VectorOperators.LSHL, 16)
                                    .lanewise(VectorOperators.ASHR, 16)
                                    .add(odd);
                    ((FloatVector) both.convert(VectorOperators.I2F, 0))
                            .fma(unit, FloatVector.fromArray(FLOATS, parts, part))
                            .intoArray(parts, part);
                }
            }
            int group = segments.groups()[segment];
            int scale = scalesOffset + group * 4 * LANES;
            for (int vector = 0; vector < 4; vector++) {
                int part = PLACES[vector] * LANES;
                int sum = vector * LANES;
                FloatVector.fromArray(FLOATS, parts, part)
                        .fma(
                                FloatVector.fromArray(FLOATS, scales, scale + sum),
                                FloatVector.fromArray(FLOATS, sums, sum))
                        .intoArray(sums, sum);
                FloatVector.zero(FLOATS).intoArray(parts, part);
            }
        }
        return touched;
    }

    @Override
    public void takeOffZeroPoints(
            Segments segments,
            float[] totals,
            byte[] zeroPoints,
            int zeroPointsOffset,
            float[] scales,
            int scalesOffset,
            float[] sums) {
        int[] groups = segments.groups();
        int[] shifts = segments.shifts();
        FloatVector a = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector b = FloatVector.fromArray(FLOATS, sums, LANES);
        FloatVector c = FloatVector.fromArray(FLOATS, sums, 2 * LANES);
        FloatVector d = FloatVector.fromArray(FLOATS, sums, 3 * LANES);
        for (int segment = 0; segment < groups.length; segment++) {
            int group = groups[segment];
            int half = group % 2 * 16;
            int scale = scalesOffset + 4 * group * LANES;
            FloatVector less =
                    FloatVector.broadcast(FLOATS, -totals[segment] * (1 << shifts[segment]));
            IntVector zeros =
                    ByteVector.fromArray(BYTES, zeroPoints, zeroPointsOffset + group / 2 * PAIR)
                            .reinterpretAsInts();
            IntVector zeroA =
                    zeros.lanewise(VectorOperators.LSHR, half + 4 * PLACES[0]).and(0xF).sub(BIAS);
            a =
                    ((FloatVector) zeroA.convert(VectorOperators.I2F, 0))
                            .mul(FloatVector.fromArray(FLOATS, scales, scale))
                            .fma(less, a);
            IntVector zeroB =
                    zeros.lanewise(VectorOperators.LSHR, half + 4 * PLACES[1]).and(0xF).sub(BIAS);
            b =
                    ((FloatVector) zeroB.convert(VectorOperators.I2F, 0))
                            .mul(FloatVector.fromArray(FLOATS, scales, scale + LANES))
                            .fma(less, b);
            IntVector zeroC =
                    zeros.lanewise(VectorOperators.LSHR, half + 4 * PLACES[2]).and(0xF).sub(BIAS);
            c =
                    ((FloatVector) zeroC.convert(VectorOperators.I2F, 0))
                            .mul(FloatVector.fromArray(FLOATS, scales, scale + 2 * LANES))
                            .fma(less, c);
            IntVector zeroD =
                    zeros.lanewise(VectorOperators.LSHR, half + 4 * PLACES[3]).and(0xF).sub(BIAS);
            d =
                    ((FloatVector) zeroD.convert(VectorOperators.I2F, 0))
                            .mul(FloatVector.fromArray(FLOATS, scales, scale + 3 * LANES))
                            .fma(less, d);
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LANES);
        c.intoArray(sums, 2 * LANES);
        d.intoArray(sums, 3 * LANES);
    }
}

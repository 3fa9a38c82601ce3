package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link SegmentSums} for the width in its class data, see {@link WidthTemplate}. */
final class SegmentSumsTemplate implements SegmentSums {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SHAPE);

    private static final int LANES = FLOATS.length();

    private static final int PANEL = 2 * LANES;

    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);

    private static final int SHORT_LANES = SHORTS.length();

    private static final int SHORT_PANEL = 2 * SHORT_LANES;

    /** Rows of a tile of pairs. */
    private static final int ROWS = VectorSupport.tileRows();

    /** Rows of a tile of integers of 16 bits. */
    private static final int SHORT_ROWS = VectorSupport.shortTileRows();

    private static final VectorMask<Float> ALL_ROWS = FLOATS.maskAll(true);

    /** What of a tile's last vector of rows is real. */
    private static final VectorMask<Float> LAST_ROWS =
            FLOATS.indexInRange((ROWS - 1) / LANES * LANES, ROWS);

    private static final VectorMask<Float> LAST_SHORT_ROWS =
            FLOATS.indexInRange((SHORT_ROWS - 1) / LANES * LANES, SHORT_ROWS);

    private static final int DOUBLE_LANES = DOUBLES.length();

    private static final int TRIPLE_SUMS = 6 * DOUBLE_LANES;

    /** A float for each double. */
    private static final VectorSpecies<Float> FEW_FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Float.SIZE * DOUBLE_LANES));

    /** Distance of the two fields of a pair. */
    private static final float PAIR_FIELD = 0x1p12f;

    /** Distance of the fields of a triple. */
    private static final double TRIPLE_FIELD = 0x1p18;

    /** Added and subtracted, rounds a float below 2^22 to the nearest integer. */
    private static final float ROUNDER = 0x1.8p23f;

    /** The same for a double below 2^51. */
    private static final double DOUBLE_ROUNDER = 0x1.8p52;

    @Override
    public void addPairs(
            float[] parts,
            int partsOffset,
            int rows,
            float[] scales,
            int scalesOffset,
            int nextScalesOffset,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride) {
        FloatVector low0 = FloatVector.fromArray(FLOATS, scales, scalesOffset);
        FloatVector high0 = FloatVector.fromArray(FLOATS, scales, scalesOffset + LANES);
        FloatVector low1 = FloatVector.fromArray(FLOATS, scales, scalesOffset + PANEL);
        FloatVector high1 = FloatVector.fromArray(FLOATS, scales, scalesOffset + PANEL + LANES);
        FloatVector nextLow0 = FloatVector.fromArray(FLOATS, scales, nextScalesOffset);
        FloatVector nextHigh0 = FloatVector.fromArray(FLOATS, scales, nextScalesOffset + LANES);
        FloatVector nextLow1 = FloatVector.fromArray(FLOATS, scales, nextScalesOffset + PANEL);
        FloatVector nextHigh1 =
                FloatVector.fromArray(FLOATS, scales, nextScalesOffset + PANEL + LANES);
        FloatVector share = FloatVector.broadcast(FLOATS, 1 / PAIR_FIELD);
        FloatVector field = FloatVector.broadcast(FLOATS, -PAIR_FIELD);
        FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
        for (int r = 0; r < rows; r++) {
            int part = partsOffset + r * PANEL;
            int sum = sumsOffset + r * 2 * PANEL;
            int to = targetOffset + r * targetStride;
            FloatVector a = FloatVector.fromArray(FLOATS, parts, part);
            FloatVector aHigh = a.fma(share, rounder).sub(rounder);
            FloatVector aNext = FloatVector.fromArray(FLOATS, parts, part + ROWS * PANEL);
            FloatVector aNextHigh = aNext.fma(share, rounder).sub(rounder);
            aNextHigh
                    .fma(field, aNext)
                    .fma(
                            nextLow0,
                            aHigh.fma(field, a).fma(low0, FloatVector.fromArray(FLOATS, sums, sum)))
                    .intoArray(target, to);
            aNextHigh
                    .fma(
                            nextHigh0,
                            aHigh.fma(high0, FloatVector.fromArray(FLOATS, sums, sum + LANES)))
                    .intoArray(target, to + LANES);
            FloatVector b = FloatVector.fromArray(FLOATS, parts, part + LANES);
            FloatVector bHigh = b.fma(share, rounder).sub(rounder);
            FloatVector bNext = FloatVector.fromArray(FLOATS, parts, part + ROWS * PANEL + LANES);
            FloatVector bNextHigh = bNext.fma(share, rounder).sub(rounder);
            bNextHigh
                    .fma(field, bNext)
                    .fma(
                            nextLow1,
                            bHigh.fma(field, b)
                                    .fma(low1, FloatVector.fromArray(FLOATS, sums, sum + PANEL)))
                    .intoArray(target, to + PANEL);
            bNextHigh
                    .fma(
                            nextHigh1,
                            bHigh.fma(
                                    high1,
                                    FloatVector.fromArray(FLOATS, sums, sum + PANEL + LANES)))
                    .intoArray(target, to + PANEL + LANES);
        }
    }

    @Override
    public void addShorts(
            short[] parts,
            int units,
            int rows,
            float[] scales,
            int[] scalesAt,
            float[] source,
            int sourceOffset,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride) {
        for (int unit = 0; unit < units; unit += 2) {
            boolean last = unit + 2 >= units;
            int scale = scalesAt[unit];
            int nextScale = scalesAt[unit + 1];
            int part = unit * SHORT_ROWS * SHORT_PANEL;
            int toNext = unit + 1 < units ? SHORT_ROWS * SHORT_PANEL : 0;
            FloatVector low0 = FloatVector.fromArray(FLOATS, scales, scale);
            FloatVector high0 = FloatVector.fromArray(FLOATS, scales, scale + LANES);
            FloatVector low1 = FloatVector.fromArray(FLOATS, scales, scale + PANEL);
            FloatVector high1 = FloatVector.fromArray(FLOATS, scales, scale + PANEL + LANES);
            FloatVector nextLow0 = FloatVector.fromArray(FLOATS, scales, nextScale);
            FloatVector nextHigh0 = FloatVector.fromArray(FLOATS, scales, nextScale + LANES);
            FloatVector nextLow1 = FloatVector.fromArray(FLOATS, scales, nextScale + PANEL);
            FloatVector nextHigh1 =
                    FloatVector.fromArray(FLOATS, scales, nextScale + PANEL + LANES);
            float[] before = unit == 0 ? source : sums;
            int sum = unit == 0 ? sourceOffset : sumsOffset;
            float[] to = last ? target : sums;
            int toOffset = last ? targetOffset : sumsOffset;
            int toStride = last ? targetStride : 2 * PANEL;
            int end = toOffset + rows * toStride;
            // A stride that is no constant keeps the compiler from splitting the loop in three,
            // for which its rows are too few.
            for (int at = toOffset; at != end; at += toStride) {
                IntVector a = ShortVector.fromArray(SHORTS, parts, part).reinterpretAsInts();
                IntVector aNext =
                        ShortVector.fromArray(SHORTS, parts, part + toNext).reinterpretAsInts();
                ((FloatVector)
                                aNext.lanewise(VectorOperators.LSHL, Short.SIZE)
                                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                                        .convert(VectorOperators.I2F, 0))
                        .fma(
                                nextLow0,
                                ((FloatVector)
                                                a.lanewise(VectorOperators.LSHL, Short.SIZE)
                                                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                                                        .convert(VectorOperators.I2F, 0))
                                        .fma(low0, FloatVector.fromArray(FLOATS, before, sum)))
                        .intoArray(to, at);
                ((FloatVector)
                                aNext.lanewise(VectorOperators.ASHR, Short.SIZE)
                                        .convert(VectorOperators.I2F, 0))
                        .fma(
                                nextHigh0,
                                ((FloatVector)
                                                a.lanewise(VectorOperators.ASHR, Short.SIZE)
                                                        .convert(VectorOperators.I2F, 0))
                                        .fma(
                                                high0,
                                                FloatVector.fromArray(FLOATS, before, sum + LANES)))
                        .intoArray(to, at + LANES);
                IntVector b =
                        ShortVector.fromArray(SHORTS, parts, part + SHORT_LANES)
                                .reinterpretAsInts();
                IntVector bNext =
                        ShortVector.fromArray(SHORTS, parts, part + toNext + SHORT_LANES)
                                .reinterpretAsInts();
                ((FloatVector)
                                bNext.lanewise(VectorOperators.LSHL, Short.SIZE)
                                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                                        .convert(VectorOperators.I2F, 0))
                        .fma(
                                nextLow1,
                                ((FloatVector)
                                                b.lanewise(VectorOperators.LSHL, Short.SIZE)
                                                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                                                        .convert(VectorOperators.I2F, 0))
                                        .fma(
                                                low1,
                                                FloatVector.fromArray(FLOATS, before, sum + PANEL)))
                        .intoArray(to, at + PANEL);
                ((FloatVector)
                                bNext.lanewise(VectorOperators.ASHR, Short.SIZE)
                                        .convert(VectorOperators.I2F, 0))
                        .fma(
                                nextHigh1,
                                ((FloatVector)
                                                b.lanewise(VectorOperators.ASHR, Short.SIZE)
                                                        .convert(VectorOperators.I2F, 0))
                                        .fma(
                                                high1,
                                                FloatVector.fromArray(
                                                        FLOATS, before, sum + PANEL + LANES)))
                        .intoArray(to, at + PANEL + LANES);
                part += SHORT_PANEL;
                sum += 2 * PANEL;
            }
        }
    }

    @Override
    public void addTriples(
            double[] parts,
            int partsOffset,
            int rows,
            int segments,
            double[] scales,
            int scalesOffset,
            double[] source,
            int sourceOffset,
            double[] sums,
            int sumsOffset) {
        if (segments == 1) {
            addOne(
                    parts,
                    partsOffset,
                    rows,
                    scales,
                    scalesOffset,
                    source,
                    sourceOffset,
                    sums,
                    sumsOffset);
            return;
        }
        for (int half = 0; half < 2; half++) {
            int part = partsOffset + half * DOUBLE_LANES;
            int of = half * 3 * DOUBLE_LANES;
            addTwo(
                    parts,
                    part,
                    rows,
                    scales,
                    scalesOffset + of,
                    source,
                    sourceOffset + of,
                    sums,
                    sumsOffset + of);
        }
    }

    /** Of one segment; written out, for calls would keep it from registers. */
    private static void addOne(
            double[] parts,
            int partsOffset,
            int rows,
            double[] scales,
            int scalesOffset,
            double[] source,
            int sourceOffset,
            double[] sums,
            int sumsOffset) {
        DoubleVector scale0 = DoubleVector.fromArray(DOUBLES, scales, scalesOffset);
        DoubleVector scale1 = DoubleVector.fromArray(DOUBLES, scales, scalesOffset + DOUBLE_LANES);
        DoubleVector scale2 =
                DoubleVector.fromArray(DOUBLES, scales, scalesOffset + 2 * DOUBLE_LANES);
        DoubleVector scale3 =
                DoubleVector.fromArray(DOUBLES, scales, scalesOffset + 3 * DOUBLE_LANES);
        DoubleVector scale4 =
                DoubleVector.fromArray(DOUBLES, scales, scalesOffset + 4 * DOUBLE_LANES);
        DoubleVector scale5 =
                DoubleVector.fromArray(DOUBLES, scales, scalesOffset + 5 * DOUBLE_LANES);
        DoubleVector shareOfThird =
                DoubleVector.broadcast(DOUBLES, 1 / (TRIPLE_FIELD * TRIPLE_FIELD));
        DoubleVector shareOfSecond = DoubleVector.broadcast(DOUBLES, 1 / TRIPLE_FIELD);
        DoubleVector minusThird = DoubleVector.broadcast(DOUBLES, -TRIPLE_FIELD * TRIPLE_FIELD);
        DoubleVector minusSecond = DoubleVector.broadcast(DOUBLES, -TRIPLE_FIELD);
        DoubleVector rounder = DoubleVector.broadcast(DOUBLES, DOUBLE_ROUNDER);
        for (int r = 0; r < rows; r++) {
            int part = partsOffset + r * 2 * DOUBLE_LANES;
            int from = sourceOffset + r * TRIPLE_SUMS;
            int at = sumsOffset + r * TRIPLE_SUMS;
            DoubleVector a = DoubleVector.fromArray(DOUBLES, parts, part);
            DoubleVector aThird = a.fma(shareOfThird, rounder).sub(rounder);
            DoubleVector aRest = aThird.fma(minusThird, a);
            DoubleVector aSecond = aRest.fma(shareOfSecond, rounder).sub(rounder);
            aSecond.fma(minusSecond, aRest)
                    .fma(scale0, DoubleVector.fromArray(DOUBLES, source, from))
                    .intoArray(sums, at);
            aSecond.fma(scale1, DoubleVector.fromArray(DOUBLES, source, from + DOUBLE_LANES))
                    .intoArray(sums, at + DOUBLE_LANES);
            aThird.fma(scale2, DoubleVector.fromArray(DOUBLES, source, from + 2 * DOUBLE_LANES))
                    .intoArray(sums, at + 2 * DOUBLE_LANES);
            DoubleVector b = DoubleVector.fromArray(DOUBLES, parts, part + DOUBLE_LANES);
            DoubleVector bThird = b.fma(shareOfThird, rounder).sub(rounder);
            DoubleVector bRest = bThird.fma(minusThird, b);
            DoubleVector bSecond = bRest.fma(shareOfSecond, rounder).sub(rounder);
            bSecond.fma(minusSecond, bRest)
                    .fma(scale3, DoubleVector.fromArray(DOUBLES, source, from + 3 * DOUBLE_LANES))
                    .intoArray(sums, at + 3 * DOUBLE_LANES);
            bSecond.fma(scale4, DoubleVector.fromArray(DOUBLES, source, from + 4 * DOUBLE_LANES))
                    .intoArray(sums, at + 4 * DOUBLE_LANES);
            bThird.fma(scale5, DoubleVector.fromArray(DOUBLES, source, from + 5 * DOUBLE_LANES))
                    .intoArray(sums, at + 5 * DOUBLE_LANES);
        }
    }

    /**
     * Of two segments, whose sums are read and written once for both: one vector of triples in each
     * row, for more operations than that are not safely inlined.
     */
    private static void addTwo(
            double[] parts,
            int partsOffset,
            int rows,
            double[] scales,
            int scalesOffset,
            double[] source,
            int sourceOffset,
            double[] sums,
            int sumsOffset) {
        DoubleVector firstScale = DoubleVector.fromArray(DOUBLES, scales, scalesOffset);
        DoubleVector secondScale =
                DoubleVector.fromArray(DOUBLES, scales, scalesOffset + DOUBLE_LANES);
        DoubleVector thirdScale =
                DoubleVector.fromArray(DOUBLES, scales, scalesOffset + 2 * DOUBLE_LANES);
        int next = scalesOffset + TRIPLE_SUMS;
        DoubleVector nextFirstScale = DoubleVector.fromArray(DOUBLES, scales, next);
        DoubleVector nextSecondScale = DoubleVector.fromArray(DOUBLES, scales, next + DOUBLE_LANES);
        DoubleVector nextThirdScale =
                DoubleVector.fromArray(DOUBLES, scales, next + 2 * DOUBLE_LANES);
        DoubleVector shareOfThird =
                DoubleVector.broadcast(DOUBLES, 1 / (TRIPLE_FIELD * TRIPLE_FIELD));
        DoubleVector shareOfSecond = DoubleVector.broadcast(DOUBLES, 1 / TRIPLE_FIELD);
        DoubleVector minusThird = DoubleVector.broadcast(DOUBLES, -TRIPLE_FIELD * TRIPLE_FIELD);
        DoubleVector minusSecond = DoubleVector.broadcast(DOUBLES, -TRIPLE_FIELD);
        DoubleVector rounder = DoubleVector.broadcast(DOUBLES, DOUBLE_ROUNDER);
        for (int r = 0; r < rows; r++) {
            int part = partsOffset + r * 2 * DOUBLE_LANES;
            DoubleVector all = DoubleVector.fromArray(DOUBLES, parts, part);
            DoubleVector third = all.fma(shareOfThird, rounder).sub(rounder);
            DoubleVector rest = third.fma(minusThird, all);
            DoubleVector second = rest.fma(shareOfSecond, rounder).sub(rounder);
            DoubleVector nextAll =
                    DoubleVector.fromArray(DOUBLES, parts, part + ROWS * 2 * DOUBLE_LANES);
            DoubleVector nextThird = nextAll.fma(shareOfThird, rounder).sub(rounder);
            DoubleVector nextRest = nextThird.fma(minusThird, nextAll);
            DoubleVector nextSecond = nextRest.fma(shareOfSecond, rounder).sub(rounder);
            int from = sourceOffset + r * TRIPLE_SUMS;
            int at = sumsOffset + r * TRIPLE_SUMS;
            nextSecond
                    .fma(minusSecond, nextRest)
                    .fma(
                            nextFirstScale,
                            second.fma(minusSecond, rest)
                                    .fma(firstScale, DoubleVector.fromArray(DOUBLES, source, from)))
                    .intoArray(sums, at);
            nextSecond
                    .fma(
                            nextSecondScale,
                            second.fma(
                                    secondScale,
                                    DoubleVector.fromArray(DOUBLES, source, from + DOUBLE_LANES)))
                    .intoArray(sums, at + DOUBLE_LANES);
            nextThird
                    .fma(
                            nextThirdScale,
                            third.fma(
                                    thirdScale,
                                    DoubleVector.fromArray(
                                            DOUBLES, source, from + 2 * DOUBLE_LANES)))
                    .intoArray(sums, at + 2 * DOUBLE_LANES);
        }
    }

    @Override
    public void storeTriples(
            double[] sums,
            int sumsOffset,
            int rows,
            float[] target,
            int targetOffset,
            int targetStride,
            int toHigh,
            int toNextPanel) {
        for (int r = 0; r < rows; r++) {
            for (int part = 0; part < 6; part++) {
                ((FloatVector)
                                DoubleVector.fromArray(
                                                DOUBLES,
                                                sums,
                                                sumsOffset + r * TRIPLE_SUMS + part * DOUBLE_LANES)
                                        .convertShape(VectorOperators.D2F, FEW_FLOATS, 0))
                        .intoArray(
                                target,
                                targetOffset
                                        + r * targetStride
                                        + part / 3 * toHigh
                                        + part % 3 * toNextPanel);
            }
        }
    }

    @Override
    public int squaresLength(int rows) {
        return (rows + LANES - 1) / LANES * LANES;
    }

    @Override
    public void sumSquares(
            float[] tile, int tileOffset, int steps, int rows, float[] squares, int squaresOffset) {
        VectorMask<Float> remaining = rows == ROWS ? LAST_ROWS : LAST_SHORT_ROWS;
        for (int t = 0; t < rows; t += LANES) {
            VectorMask<Float> real = t + LANES < rows ? ALL_ROWS : remaining;
            FloatVector even = FloatVector.zero(FLOATS);
            FloatVector odd = even;
            int i = 0;
            for (; i < steps - 1; i += 2) {
                int at = tileOffset + i * rows + t;
                FloatVector first = FloatVector.fromArray(FLOATS, tile, at, real);
                FloatVector second = FloatVector.fromArray(FLOATS, tile, at + rows, real);
                even = first.fma(first, even);
                odd = second.fma(second, odd);
            }
            if (i < steps) {
                int at = tileOffset + i * rows + t;
                FloatVector last = FloatVector.fromArray(FLOATS, tile, at, real);
                even = last.fma(last, even);
            }
            even.add(odd).intoArray(squares, squaresOffset + t);
        }
    }

    @Override
    public float joinSquares(
            float[] squares,
            int length,
            int first,
            float factor,
            int second,
            float secondFactor,
            int target) {
        FloatVector largest = FloatVector.zero(FLOATS);
        for (int t = 0; t < length; t += LANES) {
            FloatVector joined =
                    FloatVector.fromArray(FLOATS, squares, first + t)
                            .mul(factor)
                            .add(
                                    FloatVector.fromArray(FLOATS, squares, second + t)
                                            .mul(secondFactor));
            joined.intoArray(squares, target + t);
            largest = largest.max(joined);
        }
        return largest.reduceLanes(VectorOperators.MAX);
    }
}

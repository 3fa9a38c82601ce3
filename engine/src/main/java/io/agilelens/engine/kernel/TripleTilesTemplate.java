package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link TripleTiles} for the width in its class data, see {@link WidthTemplate}. Sums leave the
 * registers only to be scaled, all in one method, for the compiler keeps nothing in registers
 * across calls.
 */
final class TripleTilesTemplate implements TripleTiles {

    private static final VectorSpecies<Double> DOUBLES =
            VectorSpecies.of(
                    double.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = DOUBLES.length();

    /** A float for each double. */
    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Float.SIZE * LANES));

    private static final int PANEL = 2 * LANES;

    private static final int ROWS = VectorSupport.registers() >= 32 ? 12 : 6;

    private static final int SUMS = 6 * LANES;

    /** Added and subtracted, rounds a double below 2^51 to the nearest integer. */
    private static final double ROUNDER = 0x1.8p52;

    private static final DoubleVector SHARE_OF_SECOND = DoubleVector.broadcast(DOUBLES, 0x1p-18);

    private static final DoubleVector MINUS_SECOND = DoubleVector.broadcast(DOUBLES, -0x1p18);

    private static final DoubleVector SHARE_OF_THIRD = DoubleVector.broadcast(DOUBLES, 0x1p-36);

    private static final DoubleVector MINUS_THIRD = DoubleVector.broadcast(DOUBLES, -0x1p36);

    @Override
    public void multiply(
            double[] panel,
            double[] tile,
            int tileOffset,
            int tokens,
            Segments segments,
            float[] scales,
            int scalesOffset,
            int scalesStride,
            int toHigh,
            int toNextPanel,
            double[] sums) {
        if (tokens > 6) {
            twelveRows(
                    panel,
                    tile,
                    tileOffset,
                    segments,
                    scales,
                    scalesOffset,
                    scalesStride,
                    toHigh,
                    toNextPanel,
                    sums);
        } else {
            sixRows(
                    panel,
                    tile,
                    tileOffset,
                    segments,
                    scales,
                    scalesOffset,
                    scalesStride,
                    toHigh,
                    toNextPanel,
                    sums);
        }
    }

    private static DoubleVector scale(float[] scales, int offset, double factor) {
        DoubleVector scale =
                (DoubleVector)
                        FloatVector.fromArray(FLOATS, scales, offset)
                                .convertShape(VectorOperators.F2D, DOUBLES, 0);
        return scale.mul(factor);
    }

    private static void sixRows(
            double[] panel,
            double[] tile,
            int tileOffset,
            Segments segments,
            float[] scales,
            int scalesOffset,
            int scalesStride,
            int toHigh,
            int toNextPanel,
            double[] sums) {
        int[] starts = segments.starts();
        int[] groups = segments.groups();
        int[] shifts = segments.shifts();
        for (int s = 0; s < shifts.length; s++) {
            DoubleVector a0 = DoubleVector.zero(DOUBLES);
            DoubleVector b0 = a0;
            DoubleVector a1 = a0;
            DoubleVector b1 = a0;
            DoubleVector a2 = a0;
            DoubleVector b2 = a0;
            DoubleVector a3 = a0;
            DoubleVector b3 = a0;
            DoubleVector a4 = a0;
            DoubleVector b4 = a0;
            DoubleVector a5 = a0;
            DoubleVector b5 = a0;
            for (int i = starts[s]; i < starts[s + 1]; i++) {
                int x = tileOffset + i * ROWS;
                DoubleVector wa = DoubleVector.fromArray(DOUBLES, panel, i * PANEL);
                DoubleVector wb = DoubleVector.fromArray(DOUBLES, panel, i * PANEL + LANES);
                DoubleVector x0 = DoubleVector.broadcast(DOUBLES, tile[x]);
                a0 = wa.fma(x0, a0);
                b0 = wb.fma(x0, b0);
                DoubleVector x1 = DoubleVector.broadcast(DOUBLES, tile[x + 1]);
                a1 = wa.fma(x1, a1);
                b1 = wb.fma(x1, b1);
                DoubleVector x2 = DoubleVector.broadcast(DOUBLES, tile[x + 2]);
                a2 = wa.fma(x2, a2);
                b2 = wb.fma(x2, b2);
                DoubleVector x3 = DoubleVector.broadcast(DOUBLES, tile[x + 3]);
                a3 = wa.fma(x3, a3);
                b3 = wb.fma(x3, b3);
                DoubleVector x4 = DoubleVector.broadcast(DOUBLES, tile[x + 4]);
                a4 = wa.fma(x4, a4);
                b4 = wb.fma(x4, b4);
                DoubleVector x5 = DoubleVector.broadcast(DOUBLES, tile[x + 5]);
                a5 = wa.fma(x5, a5);
                b5 = wb.fma(x5, b5);
            }
            double factor = 1 << shifts[s];
            int scale = scalesOffset + groups[s] * scalesStride;
            DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
            DoubleVector aFirst = scale(scales, scale, factor);
            DoubleVector aSecond = scale(scales, scale + toNextPanel, factor);
            DoubleVector aThird = scale(scales, scale + 2 * toNextPanel, factor);
            DoubleVector a0Third = a0.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a0Rest = a0Third.fma(MINUS_THIRD, a0);
            DoubleVector a0Second = a0Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a0First = a0Second.fma(MINUS_SECOND, a0Rest);
            a0First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 0)).intoArray(sums, 0);
            a0Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, LANES))
                    .intoArray(sums, LANES);
            a0Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 2 * LANES))
                    .intoArray(sums, 2 * LANES);
            DoubleVector a1Third = a1.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a1Rest = a1Third.fma(MINUS_THIRD, a1);
            DoubleVector a1Second = a1Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a1First = a1Second.fma(MINUS_SECOND, a1Rest);
            a1First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, SUMS)).intoArray(sums, SUMS);
            a1Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, SUMS + LANES))
                    .intoArray(sums, SUMS + LANES);
            a1Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, SUMS + 2 * LANES))
                    .intoArray(sums, SUMS + 2 * LANES);
            DoubleVector a2Third = a2.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a2Rest = a2Third.fma(MINUS_THIRD, a2);
            DoubleVector a2Second = a2Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a2First = a2Second.fma(MINUS_SECOND, a2Rest);
            a2First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS))
                    .intoArray(sums, 2 * SUMS);
            a2Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + LANES))
                    .intoArray(sums, 2 * SUMS + LANES);
            a2Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + 2 * LANES))
                    .intoArray(sums, 2 * SUMS + 2 * LANES);
            DoubleVector a3Third = a3.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a3Rest = a3Third.fma(MINUS_THIRD, a3);
            DoubleVector a3Second = a3Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a3First = a3Second.fma(MINUS_SECOND, a3Rest);
            a3First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS))
                    .intoArray(sums, 3 * SUMS);
            a3Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + LANES))
                    .intoArray(sums, 3 * SUMS + LANES);
            a3Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + 2 * LANES))
                    .intoArray(sums, 3 * SUMS + 2 * LANES);
            DoubleVector a4Third = a4.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a4Rest = a4Third.fma(MINUS_THIRD, a4);
            DoubleVector a4Second = a4Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a4First = a4Second.fma(MINUS_SECOND, a4Rest);
            a4First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS))
                    .intoArray(sums, 4 * SUMS);
            a4Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + LANES))
                    .intoArray(sums, 4 * SUMS + LANES);
            a4Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + 2 * LANES))
                    .intoArray(sums, 4 * SUMS + 2 * LANES);
            DoubleVector a5Third = a5.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a5Rest = a5Third.fma(MINUS_THIRD, a5);
            DoubleVector a5Second = a5Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a5First = a5Second.fma(MINUS_SECOND, a5Rest);
            a5First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS))
                    .intoArray(sums, 5 * SUMS);
            a5Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + LANES))
                    .intoArray(sums, 5 * SUMS + LANES);
            a5Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + 2 * LANES))
                    .intoArray(sums, 5 * SUMS + 2 * LANES);
            DoubleVector bFirst = scale(scales, scale + toHigh, factor);
            DoubleVector bSecond = scale(scales, scale + toHigh + toNextPanel, factor);
            DoubleVector bThird = scale(scales, scale + toHigh + 2 * toNextPanel, factor);
            DoubleVector b0Third = b0.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b0Rest = b0Third.fma(MINUS_THIRD, b0);
            DoubleVector b0Second = b0Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b0First = b0Second.fma(MINUS_SECOND, b0Rest);
            b0First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 3 * LANES))
                    .intoArray(sums, 3 * LANES);
            b0Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 4 * LANES))
                    .intoArray(sums, 4 * LANES);
            b0Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 5 * LANES))
                    .intoArray(sums, 5 * LANES);
            DoubleVector b1Third = b1.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b1Rest = b1Third.fma(MINUS_THIRD, b1);
            DoubleVector b1Second = b1Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b1First = b1Second.fma(MINUS_SECOND, b1Rest);
            b1First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, SUMS + 3 * LANES))
                    .intoArray(sums, SUMS + 3 * LANES);
            b1Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, SUMS + 4 * LANES))
                    .intoArray(sums, SUMS + 4 * LANES);
            b1Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, SUMS + 5 * LANES))
                    .intoArray(sums, SUMS + 5 * LANES);
            DoubleVector b2Third = b2.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b2Rest = b2Third.fma(MINUS_THIRD, b2);
            DoubleVector b2Second = b2Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b2First = b2Second.fma(MINUS_SECOND, b2Rest);
            b2First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + 3 * LANES))
                    .intoArray(sums, 2 * SUMS + 3 * LANES);
            b2Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + 4 * LANES))
                    .intoArray(sums, 2 * SUMS + 4 * LANES);
            b2Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + 5 * LANES))
                    .intoArray(sums, 2 * SUMS + 5 * LANES);
            DoubleVector b3Third = b3.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b3Rest = b3Third.fma(MINUS_THIRD, b3);
            DoubleVector b3Second = b3Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b3First = b3Second.fma(MINUS_SECOND, b3Rest);
            b3First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + 3 * LANES))
                    .intoArray(sums, 3 * SUMS + 3 * LANES);
            b3Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + 4 * LANES))
                    .intoArray(sums, 3 * SUMS + 4 * LANES);
            b3Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + 5 * LANES))
                    .intoArray(sums, 3 * SUMS + 5 * LANES);
            DoubleVector b4Third = b4.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b4Rest = b4Third.fma(MINUS_THIRD, b4);
            DoubleVector b4Second = b4Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b4First = b4Second.fma(MINUS_SECOND, b4Rest);
            b4First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + 3 * LANES))
                    .intoArray(sums, 4 * SUMS + 3 * LANES);
            b4Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + 4 * LANES))
                    .intoArray(sums, 4 * SUMS + 4 * LANES);
            b4Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + 5 * LANES))
                    .intoArray(sums, 4 * SUMS + 5 * LANES);
            DoubleVector b5Third = b5.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b5Rest = b5Third.fma(MINUS_THIRD, b5);
            DoubleVector b5Second = b5Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b5First = b5Second.fma(MINUS_SECOND, b5Rest);
            b5First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + 3 * LANES))
                    .intoArray(sums, 5 * SUMS + 3 * LANES);
            b5Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + 4 * LANES))
                    .intoArray(sums, 5 * SUMS + 4 * LANES);
            b5Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + 5 * LANES))
                    .intoArray(sums, 5 * SUMS + 5 * LANES);
        }
    }

    private static void twelveRows(
            double[] panel,
            double[] tile,
            int tileOffset,
            Segments segments,
            float[] scales,
            int scalesOffset,
            int scalesStride,
            int toHigh,
            int toNextPanel,
            double[] sums) {
        int[] starts = segments.starts();
        int[] groups = segments.groups();
        int[] shifts = segments.shifts();
        for (int s = 0; s < shifts.length; s++) {
            DoubleVector a0 = DoubleVector.zero(DOUBLES);
            DoubleVector b0 = a0;
            DoubleVector a1 = a0;
            DoubleVector b1 = a0;
            DoubleVector a2 = a0;
            DoubleVector b2 = a0;
            DoubleVector a3 = a0;
            DoubleVector b3 = a0;
            DoubleVector a4 = a0;
            DoubleVector b4 = a0;
            DoubleVector a5 = a0;
            DoubleVector b5 = a0;
            DoubleVector a6 = a0;
            DoubleVector b6 = a0;
            DoubleVector a7 = a0;
            DoubleVector b7 = a0;
            DoubleVector a8 = a0;
            DoubleVector b8 = a0;
            DoubleVector a9 = a0;
            DoubleVector b9 = a0;
            DoubleVector a10 = a0;
            DoubleVector b10 = a0;
            DoubleVector a11 = a0;
            DoubleVector b11 = a0;
            for (int i = starts[s]; i < starts[s + 1]; i++) {
                int x = tileOffset + i * ROWS;
                DoubleVector wa = DoubleVector.fromArray(DOUBLES, panel, i * PANEL);
                DoubleVector wb = DoubleVector.fromArray(DOUBLES, panel, i * PANEL + LANES);
                DoubleVector x0 = DoubleVector.broadcast(DOUBLES, tile[x]);
                a0 = wa.fma(x0, a0);
                b0 = wb.fma(x0, b0);
                DoubleVector x1 = DoubleVector.broadcast(DOUBLES, tile[x + 1]);
                a1 = wa.fma(x1, a1);
                b1 = wb.fma(x1, b1);
                DoubleVector x2 = DoubleVector.broadcast(DOUBLES, tile[x + 2]);
                a2 = wa.fma(x2, a2);
                b2 = wb.fma(x2, b2);
                DoubleVector x3 = DoubleVector.broadcast(DOUBLES, tile[x + 3]);
                a3 = wa.fma(x3, a3);
                b3 = wb.fma(x3, b3);
                DoubleVector x4 = DoubleVector.broadcast(DOUBLES, tile[x + 4]);
                a4 = wa.fma(x4, a4);
                b4 = wb.fma(x4, b4);
                DoubleVector x5 = DoubleVector.broadcast(DOUBLES, tile[x + 5]);
                a5 = wa.fma(x5, a5);
                b5 = wb.fma(x5, b5);
                DoubleVector x6 = DoubleVector.broadcast(DOUBLES, tile[x + 6]);
                a6 = wa.fma(x6, a6);
                b6 = wb.fma(x6, b6);
                DoubleVector x7 = DoubleVector.broadcast(DOUBLES, tile[x + 7]);
                a7 = wa.fma(x7, a7);
                b7 = wb.fma(x7, b7);
                DoubleVector x8 = DoubleVector.broadcast(DOUBLES, tile[x + 8]);
                a8 = wa.fma(x8, a8);
                b8 = wb.fma(x8, b8);
                DoubleVector x9 = DoubleVector.broadcast(DOUBLES, tile[x + 9]);
                a9 = wa.fma(x9, a9);
                b9 = wb.fma(x9, b9);
                DoubleVector x10 = DoubleVector.broadcast(DOUBLES, tile[x + 10]);
                a10 = wa.fma(x10, a10);
                b10 = wb.fma(x10, b10);
                DoubleVector x11 = DoubleVector.broadcast(DOUBLES, tile[x + 11]);
                a11 = wa.fma(x11, a11);
                b11 = wb.fma(x11, b11);
            }
            double factor = 1 << shifts[s];
            int scale = scalesOffset + groups[s] * scalesStride;
            DoubleVector rounder = DoubleVector.broadcast(DOUBLES, ROUNDER);
            DoubleVector aFirst = scale(scales, scale, factor);
            DoubleVector aSecond = scale(scales, scale + toNextPanel, factor);
            DoubleVector aThird = scale(scales, scale + 2 * toNextPanel, factor);
            DoubleVector a0Third = a0.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a0Rest = a0Third.fma(MINUS_THIRD, a0);
            DoubleVector a0Second = a0Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a0First = a0Second.fma(MINUS_SECOND, a0Rest);
            a0First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 0)).intoArray(sums, 0);
            a0Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, LANES))
                    .intoArray(sums, LANES);
            a0Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 2 * LANES))
                    .intoArray(sums, 2 * LANES);
            DoubleVector a1Third = a1.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a1Rest = a1Third.fma(MINUS_THIRD, a1);
            DoubleVector a1Second = a1Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a1First = a1Second.fma(MINUS_SECOND, a1Rest);
            a1First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, SUMS)).intoArray(sums, SUMS);
            a1Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, SUMS + LANES))
                    .intoArray(sums, SUMS + LANES);
            a1Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, SUMS + 2 * LANES))
                    .intoArray(sums, SUMS + 2 * LANES);
            DoubleVector a2Third = a2.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a2Rest = a2Third.fma(MINUS_THIRD, a2);
            DoubleVector a2Second = a2Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a2First = a2Second.fma(MINUS_SECOND, a2Rest);
            a2First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS))
                    .intoArray(sums, 2 * SUMS);
            a2Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + LANES))
                    .intoArray(sums, 2 * SUMS + LANES);
            a2Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + 2 * LANES))
                    .intoArray(sums, 2 * SUMS + 2 * LANES);
            DoubleVector a3Third = a3.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a3Rest = a3Third.fma(MINUS_THIRD, a3);
            DoubleVector a3Second = a3Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a3First = a3Second.fma(MINUS_SECOND, a3Rest);
            a3First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS))
                    .intoArray(sums, 3 * SUMS);
            a3Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + LANES))
                    .intoArray(sums, 3 * SUMS + LANES);
            a3Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + 2 * LANES))
                    .intoArray(sums, 3 * SUMS + 2 * LANES);
            DoubleVector a4Third = a4.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a4Rest = a4Third.fma(MINUS_THIRD, a4);
            DoubleVector a4Second = a4Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a4First = a4Second.fma(MINUS_SECOND, a4Rest);
            a4First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS))
                    .intoArray(sums, 4 * SUMS);
            a4Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + LANES))
                    .intoArray(sums, 4 * SUMS + LANES);
            a4Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + 2 * LANES))
                    .intoArray(sums, 4 * SUMS + 2 * LANES);
            DoubleVector a5Third = a5.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a5Rest = a5Third.fma(MINUS_THIRD, a5);
            DoubleVector a5Second = a5Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a5First = a5Second.fma(MINUS_SECOND, a5Rest);
            a5First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS))
                    .intoArray(sums, 5 * SUMS);
            a5Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + LANES))
                    .intoArray(sums, 5 * SUMS + LANES);
            a5Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + 2 * LANES))
                    .intoArray(sums, 5 * SUMS + 2 * LANES);
            DoubleVector a6Third = a6.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a6Rest = a6Third.fma(MINUS_THIRD, a6);
            DoubleVector a6Second = a6Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a6First = a6Second.fma(MINUS_SECOND, a6Rest);
            a6First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 6 * SUMS))
                    .intoArray(sums, 6 * SUMS);
            a6Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 6 * SUMS + LANES))
                    .intoArray(sums, 6 * SUMS + LANES);
            a6Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 6 * SUMS + 2 * LANES))
                    .intoArray(sums, 6 * SUMS + 2 * LANES);
            DoubleVector a7Third = a7.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a7Rest = a7Third.fma(MINUS_THIRD, a7);
            DoubleVector a7Second = a7Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a7First = a7Second.fma(MINUS_SECOND, a7Rest);
            a7First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 7 * SUMS))
                    .intoArray(sums, 7 * SUMS);
            a7Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 7 * SUMS + LANES))
                    .intoArray(sums, 7 * SUMS + LANES);
            a7Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 7 * SUMS + 2 * LANES))
                    .intoArray(sums, 7 * SUMS + 2 * LANES);
            DoubleVector a8Third = a8.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a8Rest = a8Third.fma(MINUS_THIRD, a8);
            DoubleVector a8Second = a8Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a8First = a8Second.fma(MINUS_SECOND, a8Rest);
            a8First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 8 * SUMS))
                    .intoArray(sums, 8 * SUMS);
            a8Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 8 * SUMS + LANES))
                    .intoArray(sums, 8 * SUMS + LANES);
            a8Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 8 * SUMS + 2 * LANES))
                    .intoArray(sums, 8 * SUMS + 2 * LANES);
            DoubleVector a9Third = a9.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a9Rest = a9Third.fma(MINUS_THIRD, a9);
            DoubleVector a9Second = a9Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a9First = a9Second.fma(MINUS_SECOND, a9Rest);
            a9First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 9 * SUMS))
                    .intoArray(sums, 9 * SUMS);
            a9Second.fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 9 * SUMS + LANES))
                    .intoArray(sums, 9 * SUMS + LANES);
            a9Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 9 * SUMS + 2 * LANES))
                    .intoArray(sums, 9 * SUMS + 2 * LANES);
            DoubleVector a10Third = a10.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a10Rest = a10Third.fma(MINUS_THIRD, a10);
            DoubleVector a10Second = a10Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a10First = a10Second.fma(MINUS_SECOND, a10Rest);
            a10First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 10 * SUMS))
                    .intoArray(sums, 10 * SUMS);
            a10Second
                    .fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 10 * SUMS + LANES))
                    .intoArray(sums, 10 * SUMS + LANES);
            a10Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 10 * SUMS + 2 * LANES))
                    .intoArray(sums, 10 * SUMS + 2 * LANES);
            DoubleVector a11Third = a11.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector a11Rest = a11Third.fma(MINUS_THIRD, a11);
            DoubleVector a11Second = a11Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector a11First = a11Second.fma(MINUS_SECOND, a11Rest);
            a11First.fma(aFirst, DoubleVector.fromArray(DOUBLES, sums, 11 * SUMS))
                    .intoArray(sums, 11 * SUMS);
            a11Second
                    .fma(aSecond, DoubleVector.fromArray(DOUBLES, sums, 11 * SUMS + LANES))
                    .intoArray(sums, 11 * SUMS + LANES);
            a11Third.fma(aThird, DoubleVector.fromArray(DOUBLES, sums, 11 * SUMS + 2 * LANES))
                    .intoArray(sums, 11 * SUMS + 2 * LANES);
            DoubleVector bFirst = scale(scales, scale + toHigh, factor);
            DoubleVector bSecond = scale(scales, scale + toHigh + toNextPanel, factor);
            DoubleVector bThird = scale(scales, scale + toHigh + 2 * toNextPanel, factor);
            DoubleVector b0Third = b0.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b0Rest = b0Third.fma(MINUS_THIRD, b0);
            DoubleVector b0Second = b0Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b0First = b0Second.fma(MINUS_SECOND, b0Rest);
            b0First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 3 * LANES))
                    .intoArray(sums, 3 * LANES);
            b0Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 4 * LANES))
                    .intoArray(sums, 4 * LANES);
            b0Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 5 * LANES))
                    .intoArray(sums, 5 * LANES);
            DoubleVector b1Third = b1.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b1Rest = b1Third.fma(MINUS_THIRD, b1);
            DoubleVector b1Second = b1Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b1First = b1Second.fma(MINUS_SECOND, b1Rest);
            b1First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, SUMS + 3 * LANES))
                    .intoArray(sums, SUMS + 3 * LANES);
            b1Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, SUMS + 4 * LANES))
                    .intoArray(sums, SUMS + 4 * LANES);
            b1Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, SUMS + 5 * LANES))
                    .intoArray(sums, SUMS + 5 * LANES);
            DoubleVector b2Third = b2.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b2Rest = b2Third.fma(MINUS_THIRD, b2);
            DoubleVector b2Second = b2Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b2First = b2Second.fma(MINUS_SECOND, b2Rest);
            b2First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + 3 * LANES))
                    .intoArray(sums, 2 * SUMS + 3 * LANES);
            b2Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + 4 * LANES))
                    .intoArray(sums, 2 * SUMS + 4 * LANES);
            b2Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 2 * SUMS + 5 * LANES))
                    .intoArray(sums, 2 * SUMS + 5 * LANES);
            DoubleVector b3Third = b3.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b3Rest = b3Third.fma(MINUS_THIRD, b3);
            DoubleVector b3Second = b3Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b3First = b3Second.fma(MINUS_SECOND, b3Rest);
            b3First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + 3 * LANES))
                    .intoArray(sums, 3 * SUMS + 3 * LANES);
            b3Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + 4 * LANES))
                    .intoArray(sums, 3 * SUMS + 4 * LANES);
            b3Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 3 * SUMS + 5 * LANES))
                    .intoArray(sums, 3 * SUMS + 5 * LANES);
            DoubleVector b4Third = b4.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b4Rest = b4Third.fma(MINUS_THIRD, b4);
            DoubleVector b4Second = b4Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b4First = b4Second.fma(MINUS_SECOND, b4Rest);
            b4First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + 3 * LANES))
                    .intoArray(sums, 4 * SUMS + 3 * LANES);
            b4Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + 4 * LANES))
                    .intoArray(sums, 4 * SUMS + 4 * LANES);
            b4Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 4 * SUMS + 5 * LANES))
                    .intoArray(sums, 4 * SUMS + 5 * LANES);
            DoubleVector b5Third = b5.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b5Rest = b5Third.fma(MINUS_THIRD, b5);
            DoubleVector b5Second = b5Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b5First = b5Second.fma(MINUS_SECOND, b5Rest);
            b5First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + 3 * LANES))
                    .intoArray(sums, 5 * SUMS + 3 * LANES);
            b5Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + 4 * LANES))
                    .intoArray(sums, 5 * SUMS + 4 * LANES);
            b5Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 5 * SUMS + 5 * LANES))
                    .intoArray(sums, 5 * SUMS + 5 * LANES);
            DoubleVector b6Third = b6.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b6Rest = b6Third.fma(MINUS_THIRD, b6);
            DoubleVector b6Second = b6Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b6First = b6Second.fma(MINUS_SECOND, b6Rest);
            b6First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 6 * SUMS + 3 * LANES))
                    .intoArray(sums, 6 * SUMS + 3 * LANES);
            b6Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 6 * SUMS + 4 * LANES))
                    .intoArray(sums, 6 * SUMS + 4 * LANES);
            b6Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 6 * SUMS + 5 * LANES))
                    .intoArray(sums, 6 * SUMS + 5 * LANES);
            DoubleVector b7Third = b7.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b7Rest = b7Third.fma(MINUS_THIRD, b7);
            DoubleVector b7Second = b7Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b7First = b7Second.fma(MINUS_SECOND, b7Rest);
            b7First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 7 * SUMS + 3 * LANES))
                    .intoArray(sums, 7 * SUMS + 3 * LANES);
            b7Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 7 * SUMS + 4 * LANES))
                    .intoArray(sums, 7 * SUMS + 4 * LANES);
            b7Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 7 * SUMS + 5 * LANES))
                    .intoArray(sums, 7 * SUMS + 5 * LANES);
            DoubleVector b8Third = b8.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b8Rest = b8Third.fma(MINUS_THIRD, b8);
            DoubleVector b8Second = b8Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b8First = b8Second.fma(MINUS_SECOND, b8Rest);
            b8First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 8 * SUMS + 3 * LANES))
                    .intoArray(sums, 8 * SUMS + 3 * LANES);
            b8Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 8 * SUMS + 4 * LANES))
                    .intoArray(sums, 8 * SUMS + 4 * LANES);
            b8Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 8 * SUMS + 5 * LANES))
                    .intoArray(sums, 8 * SUMS + 5 * LANES);
            DoubleVector b9Third = b9.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b9Rest = b9Third.fma(MINUS_THIRD, b9);
            DoubleVector b9Second = b9Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b9First = b9Second.fma(MINUS_SECOND, b9Rest);
            b9First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 9 * SUMS + 3 * LANES))
                    .intoArray(sums, 9 * SUMS + 3 * LANES);
            b9Second.fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 9 * SUMS + 4 * LANES))
                    .intoArray(sums, 9 * SUMS + 4 * LANES);
            b9Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 9 * SUMS + 5 * LANES))
                    .intoArray(sums, 9 * SUMS + 5 * LANES);
            DoubleVector b10Third = b10.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b10Rest = b10Third.fma(MINUS_THIRD, b10);
            DoubleVector b10Second = b10Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b10First = b10Second.fma(MINUS_SECOND, b10Rest);
            b10First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 10 * SUMS + 3 * LANES))
                    .intoArray(sums, 10 * SUMS + 3 * LANES);
            b10Second
                    .fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 10 * SUMS + 4 * LANES))
                    .intoArray(sums, 10 * SUMS + 4 * LANES);
            b10Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 10 * SUMS + 5 * LANES))
                    .intoArray(sums, 10 * SUMS + 5 * LANES);
            DoubleVector b11Third = b11.fma(SHARE_OF_THIRD, rounder).sub(rounder);
            DoubleVector b11Rest = b11Third.fma(MINUS_THIRD, b11);
            DoubleVector b11Second = b11Rest.fma(SHARE_OF_SECOND, rounder).sub(rounder);
            DoubleVector b11First = b11Second.fma(MINUS_SECOND, b11Rest);
            b11First.fma(bFirst, DoubleVector.fromArray(DOUBLES, sums, 11 * SUMS + 3 * LANES))
                    .intoArray(sums, 11 * SUMS + 3 * LANES);
            b11Second
                    .fma(bSecond, DoubleVector.fromArray(DOUBLES, sums, 11 * SUMS + 4 * LANES))
                    .intoArray(sums, 11 * SUMS + 4 * LANES);
            b11Third.fma(bThird, DoubleVector.fromArray(DOUBLES, sums, 11 * SUMS + 5 * LANES))
                    .intoArray(sums, 11 * SUMS + 5 * LANES);
        }
    }
}

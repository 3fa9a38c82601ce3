package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link SegmentTiles} of pairs of weights for the width in its class data, see {@link
 * WidthTemplate}. Sums leave the registers only to be scaled, all in one method, for the compiler
 * keeps nothing in registers across calls.
 */
final class PairTilesTemplate implements SegmentTiles {

    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(
                    float.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = FLOATS.length();

    private static final int PANEL = 2 * LANES;

    private static final int ROWS = VectorSupport.registers() >= 32 ? 12 : 6;

    /** Sums of the first vector of pairs; those of the second follow. */
    private static final int HALF = ROWS * PANEL;

    /** Distance of the two fields of a pair. */
    private static final float FIELD = 0x1p12f;

    /** Added and subtracted, rounds a float below 2^22 to the nearest integer. */
    private static final float ROUNDER = 0x1.8p23f;

    @Override
    public void multiply(
            float[] panel,
            float[] tile,
            int tileOffset,
            int tokens,
            Segments segments,
            float[] scales,
            int scalesOffset,
            float[] sums) {
        if (tokens > 6) {
            twelveRows(panel, tile, tileOffset, segments, scales, scalesOffset, sums);
        } else {
            sixRows(panel, tile, tileOffset, segments, scales, scalesOffset, sums);
        }
    }

    private static void sixRows(
            float[] panel,
            float[] tile,
            int tileOffset,
            Segments segments,
            float[] scales,
            int scalesOffset,
            float[] sums) {
        int[] starts = segments.starts();
        int[] groups = segments.groups();
        int[] shifts = segments.shifts();
        for (int s = 0; s < shifts.length; s++) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector b0 = a0;
            FloatVector a1 = a0;
            FloatVector b1 = a0;
            FloatVector a2 = a0;
            FloatVector b2 = a0;
            FloatVector a3 = a0;
            FloatVector b3 = a0;
            FloatVector a4 = a0;
            FloatVector b4 = a0;
            FloatVector a5 = a0;
            FloatVector b5 = a0;
            for (int i = starts[s]; i < starts[s + 1]; i++) {
                int x = tileOffset + i * ROWS;
                FloatVector wa = FloatVector.fromArray(FLOATS, panel, i * PANEL);
                FloatVector wb = FloatVector.fromArray(FLOATS, panel, i * PANEL + LANES);
                FloatVector x0 = FloatVector.broadcast(FLOATS, tile[x]);
                a0 = wa.fma(x0, a0);
                b0 = wb.fma(x0, b0);
                FloatVector x1 = FloatVector.broadcast(FLOATS, tile[x + 1]);
                a1 = wa.fma(x1, a1);
                b1 = wb.fma(x1, b1);
                FloatVector x2 = FloatVector.broadcast(FLOATS, tile[x + 2]);
                a2 = wa.fma(x2, a2);
                b2 = wb.fma(x2, b2);
                FloatVector x3 = FloatVector.broadcast(FLOATS, tile[x + 3]);
                a3 = wa.fma(x3, a3);
                b3 = wb.fma(x3, b3);
                FloatVector x4 = FloatVector.broadcast(FLOATS, tile[x + 4]);
                a4 = wa.fma(x4, a4);
                b4 = wb.fma(x4, b4);
                FloatVector x5 = FloatVector.broadcast(FLOATS, tile[x + 5]);
                a5 = wa.fma(x5, a5);
                b5 = wb.fma(x5, b5);
            }
            float factor = 1 << shifts[s];
            int scale = scalesOffset + groups[s] * 2 * PANEL;
            FloatVector field = FloatVector.broadcast(FLOATS, -FIELD);
            FloatVector share = FloatVector.broadcast(FLOATS, 1 / FIELD);
            FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
            FloatVector aLow = FloatVector.fromArray(FLOATS, scales, scale).mul(factor);
            FloatVector aHigh = FloatVector.fromArray(FLOATS, scales, scale + LANES).mul(factor);
            FloatVector a0High = a0.fma(share, rounder).sub(rounder);
            a0High.fma(field, a0)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 0))
                    .intoArray(sums, 0);
            a0High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, LANES)).intoArray(sums, LANES);
            FloatVector a1High = a1.fma(share, rounder).sub(rounder);
            a1High.fma(field, a1)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, PANEL))
                    .intoArray(sums, PANEL);
            a1High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, PANEL + LANES))
                    .intoArray(sums, PANEL + LANES);
            FloatVector a2High = a2.fma(share, rounder).sub(rounder);
            a2High.fma(field, a2)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 2 * PANEL))
                    .intoArray(sums, 2 * PANEL);
            a2High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 2 * PANEL + LANES))
                    .intoArray(sums, 2 * PANEL + LANES);
            FloatVector a3High = a3.fma(share, rounder).sub(rounder);
            a3High.fma(field, a3)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 3 * PANEL))
                    .intoArray(sums, 3 * PANEL);
            a3High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 3 * PANEL + LANES))
                    .intoArray(sums, 3 * PANEL + LANES);
            FloatVector a4High = a4.fma(share, rounder).sub(rounder);
            a4High.fma(field, a4)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 4 * PANEL))
                    .intoArray(sums, 4 * PANEL);
            a4High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 4 * PANEL + LANES))
                    .intoArray(sums, 4 * PANEL + LANES);
            FloatVector a5High = a5.fma(share, rounder).sub(rounder);
            a5High.fma(field, a5)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 5 * PANEL))
                    .intoArray(sums, 5 * PANEL);
            a5High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 5 * PANEL + LANES))
                    .intoArray(sums, 5 * PANEL + LANES);
            FloatVector bLow = FloatVector.fromArray(FLOATS, scales, scale + PANEL).mul(factor);
            FloatVector bHigh =
                    FloatVector.fromArray(FLOATS, scales, scale + PANEL + LANES).mul(factor);
            FloatVector b0High = b0.fma(share, rounder).sub(rounder);
            b0High.fma(field, b0)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF))
                    .intoArray(sums, HALF);
            b0High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + LANES))
                    .intoArray(sums, HALF + LANES);
            FloatVector b1High = b1.fma(share, rounder).sub(rounder);
            b1High.fma(field, b1)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + PANEL))
                    .intoArray(sums, HALF + PANEL);
            b1High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + PANEL + LANES))
                    .intoArray(sums, HALF + PANEL + LANES);
            FloatVector b2High = b2.fma(share, rounder).sub(rounder);
            b2High.fma(field, b2)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 2 * PANEL))
                    .intoArray(sums, HALF + 2 * PANEL);
            b2High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 2 * PANEL + LANES))
                    .intoArray(sums, HALF + 2 * PANEL + LANES);
            FloatVector b3High = b3.fma(share, rounder).sub(rounder);
            b3High.fma(field, b3)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 3 * PANEL))
                    .intoArray(sums, HALF + 3 * PANEL);
            b3High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 3 * PANEL + LANES))
                    .intoArray(sums, HALF + 3 * PANEL + LANES);
            FloatVector b4High = b4.fma(share, rounder).sub(rounder);
            b4High.fma(field, b4)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 4 * PANEL))
                    .intoArray(sums, HALF + 4 * PANEL);
            b4High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 4 * PANEL + LANES))
                    .intoArray(sums, HALF + 4 * PANEL + LANES);
            FloatVector b5High = b5.fma(share, rounder).sub(rounder);
            b5High.fma(field, b5)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 5 * PANEL))
                    .intoArray(sums, HALF + 5 * PANEL);
            b5High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 5 * PANEL + LANES))
                    .intoArray(sums, HALF + 5 * PANEL + LANES);
        }
    }

    private static void twelveRows(
            float[] panel,
            float[] tile,
            int tileOffset,
            Segments segments,
            float[] scales,
            int scalesOffset,
            float[] sums) {
        int[] starts = segments.starts();
        int[] groups = segments.groups();
        int[] shifts = segments.shifts();
        for (int s = 0; s < shifts.length; s++) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector b0 = a0;
            FloatVector a1 = a0;
            FloatVector b1 = a0;
            FloatVector a2 = a0;
            FloatVector b2 = a0;
            FloatVector a3 = a0;
            FloatVector b3 = a0;
            FloatVector a4 = a0;
            FloatVector b4 = a0;
            FloatVector a5 = a0;
            FloatVector b5 = a0;
            FloatVector a6 = a0;
            FloatVector b6 = a0;
            FloatVector a7 = a0;
            FloatVector b7 = a0;
            FloatVector a8 = a0;
            FloatVector b8 = a0;
            FloatVector a9 = a0;
            FloatVector b9 = a0;
            FloatVector a10 = a0;
            FloatVector b10 = a0;
            FloatVector a11 = a0;
            FloatVector b11 = a0;
            for (int i = starts[s]; i < starts[s + 1]; i++) {
                int x = tileOffset + i * ROWS;
                FloatVector wa = FloatVector.fromArray(FLOATS, panel, i * PANEL);
                FloatVector wb = FloatVector.fromArray(FLOATS, panel, i * PANEL + LANES);
                FloatVector x0 = FloatVector.broadcast(FLOATS, tile[x]);
                a0 = wa.fma(x0, a0);
                b0 = wb.fma(x0, b0);
                FloatVector x1 = FloatVector.broadcast(FLOATS, tile[x + 1]);
                a1 = wa.fma(x1, a1);
                b1 = wb.fma(x1, b1);
                FloatVector x2 = FloatVector.broadcast(FLOATS, tile[x + 2]);
                a2 = wa.fma(x2, a2);
                b2 = wb.fma(x2, b2);
                FloatVector x3 = FloatVector.broadcast(FLOATS, tile[x + 3]);
                a3 = wa.fma(x3, a3);
                b3 = wb.fma(x3, b3);
                FloatVector x4 = FloatVector.broadcast(FLOATS, tile[x + 4]);
                a4 = wa.fma(x4, a4);
                b4 = wb.fma(x4, b4);
                FloatVector x5 = FloatVector.broadcast(FLOATS, tile[x + 5]);
                a5 = wa.fma(x5, a5);
                b5 = wb.fma(x5, b5);
                FloatVector x6 = FloatVector.broadcast(FLOATS, tile[x + 6]);
                a6 = wa.fma(x6, a6);
                b6 = wb.fma(x6, b6);
                FloatVector x7 = FloatVector.broadcast(FLOATS, tile[x + 7]);
                a7 = wa.fma(x7, a7);
                b7 = wb.fma(x7, b7);
                FloatVector x8 = FloatVector.broadcast(FLOATS, tile[x + 8]);
                a8 = wa.fma(x8, a8);
                b8 = wb.fma(x8, b8);
                FloatVector x9 = FloatVector.broadcast(FLOATS, tile[x + 9]);
                a9 = wa.fma(x9, a9);
                b9 = wb.fma(x9, b9);
                FloatVector x10 = FloatVector.broadcast(FLOATS, tile[x + 10]);
                a10 = wa.fma(x10, a10);
                b10 = wb.fma(x10, b10);
                FloatVector x11 = FloatVector.broadcast(FLOATS, tile[x + 11]);
                a11 = wa.fma(x11, a11);
                b11 = wb.fma(x11, b11);
            }
            float factor = 1 << shifts[s];
            int scale = scalesOffset + groups[s] * 2 * PANEL;
            FloatVector field = FloatVector.broadcast(FLOATS, -FIELD);
            FloatVector share = FloatVector.broadcast(FLOATS, 1 / FIELD);
            FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
            FloatVector aLow = FloatVector.fromArray(FLOATS, scales, scale).mul(factor);
            FloatVector aHigh = FloatVector.fromArray(FLOATS, scales, scale + LANES).mul(factor);
            FloatVector a0High = a0.fma(share, rounder).sub(rounder);
            a0High.fma(field, a0)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 0))
                    .intoArray(sums, 0);
            a0High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, LANES)).intoArray(sums, LANES);
            FloatVector a1High = a1.fma(share, rounder).sub(rounder);
            a1High.fma(field, a1)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, PANEL))
                    .intoArray(sums, PANEL);
            a1High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, PANEL + LANES))
                    .intoArray(sums, PANEL + LANES);
            FloatVector a2High = a2.fma(share, rounder).sub(rounder);
            a2High.fma(field, a2)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 2 * PANEL))
                    .intoArray(sums, 2 * PANEL);
            a2High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 2 * PANEL + LANES))
                    .intoArray(sums, 2 * PANEL + LANES);
            FloatVector a3High = a3.fma(share, rounder).sub(rounder);
            a3High.fma(field, a3)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 3 * PANEL))
                    .intoArray(sums, 3 * PANEL);
            a3High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 3 * PANEL + LANES))
                    .intoArray(sums, 3 * PANEL + LANES);
            FloatVector a4High = a4.fma(share, rounder).sub(rounder);
            a4High.fma(field, a4)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 4 * PANEL))
                    .intoArray(sums, 4 * PANEL);
            a4High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 4 * PANEL + LANES))
                    .intoArray(sums, 4 * PANEL + LANES);
            FloatVector a5High = a5.fma(share, rounder).sub(rounder);
            a5High.fma(field, a5)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 5 * PANEL))
                    .intoArray(sums, 5 * PANEL);
            a5High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 5 * PANEL + LANES))
                    .intoArray(sums, 5 * PANEL + LANES);
            FloatVector a6High = a6.fma(share, rounder).sub(rounder);
            a6High.fma(field, a6)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 6 * PANEL))
                    .intoArray(sums, 6 * PANEL);
            a6High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 6 * PANEL + LANES))
                    .intoArray(sums, 6 * PANEL + LANES);
            FloatVector a7High = a7.fma(share, rounder).sub(rounder);
            a7High.fma(field, a7)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 7 * PANEL))
                    .intoArray(sums, 7 * PANEL);
            a7High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 7 * PANEL + LANES))
                    .intoArray(sums, 7 * PANEL + LANES);
            FloatVector a8High = a8.fma(share, rounder).sub(rounder);
            a8High.fma(field, a8)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 8 * PANEL))
                    .intoArray(sums, 8 * PANEL);
            a8High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 8 * PANEL + LANES))
                    .intoArray(sums, 8 * PANEL + LANES);
            FloatVector a9High = a9.fma(share, rounder).sub(rounder);
            a9High.fma(field, a9)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 9 * PANEL))
                    .intoArray(sums, 9 * PANEL);
            a9High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 9 * PANEL + LANES))
                    .intoArray(sums, 9 * PANEL + LANES);
            FloatVector a10High = a10.fma(share, rounder).sub(rounder);
            a10High.fma(field, a10)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 10 * PANEL))
                    .intoArray(sums, 10 * PANEL);
            a10High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 10 * PANEL + LANES))
                    .intoArray(sums, 10 * PANEL + LANES);
            FloatVector a11High = a11.fma(share, rounder).sub(rounder);
            a11High.fma(field, a11)
                    .fma(aLow, FloatVector.fromArray(FLOATS, sums, 11 * PANEL))
                    .intoArray(sums, 11 * PANEL);
            a11High.fma(aHigh, FloatVector.fromArray(FLOATS, sums, 11 * PANEL + LANES))
                    .intoArray(sums, 11 * PANEL + LANES);
            FloatVector bLow = FloatVector.fromArray(FLOATS, scales, scale + PANEL).mul(factor);
            FloatVector bHigh =
                    FloatVector.fromArray(FLOATS, scales, scale + PANEL + LANES).mul(factor);
            FloatVector b0High = b0.fma(share, rounder).sub(rounder);
            b0High.fma(field, b0)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF))
                    .intoArray(sums, HALF);
            b0High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + LANES))
                    .intoArray(sums, HALF + LANES);
            FloatVector b1High = b1.fma(share, rounder).sub(rounder);
            b1High.fma(field, b1)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + PANEL))
                    .intoArray(sums, HALF + PANEL);
            b1High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + PANEL + LANES))
                    .intoArray(sums, HALF + PANEL + LANES);
            FloatVector b2High = b2.fma(share, rounder).sub(rounder);
            b2High.fma(field, b2)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 2 * PANEL))
                    .intoArray(sums, HALF + 2 * PANEL);
            b2High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 2 * PANEL + LANES))
                    .intoArray(sums, HALF + 2 * PANEL + LANES);
            FloatVector b3High = b3.fma(share, rounder).sub(rounder);
            b3High.fma(field, b3)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 3 * PANEL))
                    .intoArray(sums, HALF + 3 * PANEL);
            b3High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 3 * PANEL + LANES))
                    .intoArray(sums, HALF + 3 * PANEL + LANES);
            FloatVector b4High = b4.fma(share, rounder).sub(rounder);
            b4High.fma(field, b4)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 4 * PANEL))
                    .intoArray(sums, HALF + 4 * PANEL);
            b4High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 4 * PANEL + LANES))
                    .intoArray(sums, HALF + 4 * PANEL + LANES);
            FloatVector b5High = b5.fma(share, rounder).sub(rounder);
            b5High.fma(field, b5)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 5 * PANEL))
                    .intoArray(sums, HALF + 5 * PANEL);
            b5High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 5 * PANEL + LANES))
                    .intoArray(sums, HALF + 5 * PANEL + LANES);
            FloatVector b6High = b6.fma(share, rounder).sub(rounder);
            b6High.fma(field, b6)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 6 * PANEL))
                    .intoArray(sums, HALF + 6 * PANEL);
            b6High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 6 * PANEL + LANES))
                    .intoArray(sums, HALF + 6 * PANEL + LANES);
            FloatVector b7High = b7.fma(share, rounder).sub(rounder);
            b7High.fma(field, b7)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 7 * PANEL))
                    .intoArray(sums, HALF + 7 * PANEL);
            b7High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 7 * PANEL + LANES))
                    .intoArray(sums, HALF + 7 * PANEL + LANES);
            FloatVector b8High = b8.fma(share, rounder).sub(rounder);
            b8High.fma(field, b8)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 8 * PANEL))
                    .intoArray(sums, HALF + 8 * PANEL);
            b8High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 8 * PANEL + LANES))
                    .intoArray(sums, HALF + 8 * PANEL + LANES);
            FloatVector b9High = b9.fma(share, rounder).sub(rounder);
            b9High.fma(field, b9)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 9 * PANEL))
                    .intoArray(sums, HALF + 9 * PANEL);
            b9High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 9 * PANEL + LANES))
                    .intoArray(sums, HALF + 9 * PANEL + LANES);
            FloatVector b10High = b10.fma(share, rounder).sub(rounder);
            b10High.fma(field, b10)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 10 * PANEL))
                    .intoArray(sums, HALF + 10 * PANEL);
            b10High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 10 * PANEL + LANES))
                    .intoArray(sums, HALF + 10 * PANEL + LANES);
            FloatVector b11High = b11.fma(share, rounder).sub(rounder);
            b11High.fma(field, b11)
                    .fma(bLow, FloatVector.fromArray(FLOATS, sums, HALF + 11 * PANEL))
                    .intoArray(sums, HALF + 11 * PANEL);
            b11High.fma(bHigh, FloatVector.fromArray(FLOATS, sums, HALF + 11 * PANEL + LANES))
                    .intoArray(sums, HALF + 11 * PANEL + LANES);
        }
    }
}

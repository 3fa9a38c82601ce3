package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link SegmentTiles} of single weights for the width in its class data, see {@link
 * WidthTemplate}. Sums leave the registers only to be scaled, all in one method, for the compiler
 * keeps nothing in registers across calls.
 */
final class SingleTilesTemplate implements SegmentTiles {

    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(
                    float.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = FLOATS.length();

    private static final int PANEL = 2 * LANES;

    private static final int ROWS = VectorSupport.registers() >= 32 ? 12 : 6;

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
            int scale = scalesOffset + groups[s] * PANEL;
            FloatVector scaleA = FloatVector.fromArray(FLOATS, scales, scale).mul(factor);
            FloatVector scaleB = FloatVector.fromArray(FLOATS, scales, scale + LANES).mul(factor);
            a0.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 0)).intoArray(sums, 0);
            b0.fma(scaleB, FloatVector.fromArray(FLOATS, sums, LANES)).intoArray(sums, LANES);
            a1.fma(scaleA, FloatVector.fromArray(FLOATS, sums, PANEL)).intoArray(sums, PANEL);
            b1.fma(scaleB, FloatVector.fromArray(FLOATS, sums, PANEL + LANES))
                    .intoArray(sums, PANEL + LANES);
            a2.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 2 * PANEL))
                    .intoArray(sums, 2 * PANEL);
            b2.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 2 * PANEL + LANES))
                    .intoArray(sums, 2 * PANEL + LANES);
            a3.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 3 * PANEL))
                    .intoArray(sums, 3 * PANEL);
            b3.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 3 * PANEL + LANES))
                    .intoArray(sums, 3 * PANEL + LANES);
            a4.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 4 * PANEL))
                    .intoArray(sums, 4 * PANEL);
            b4.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 4 * PANEL + LANES))
                    .intoArray(sums, 4 * PANEL + LANES);
            a5.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 5 * PANEL))
                    .intoArray(sums, 5 * PANEL);
            b5.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 5 * PANEL + LANES))
                    .intoArray(sums, 5 * PANEL + LANES);
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
            int scale = scalesOffset + groups[s] * PANEL;
            FloatVector scaleA = FloatVector.fromArray(FLOATS, scales, scale).mul(factor);
            FloatVector scaleB = FloatVector.fromArray(FLOATS, scales, scale + LANES).mul(factor);
            a0.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 0)).intoArray(sums, 0);
            b0.fma(scaleB, FloatVector.fromArray(FLOATS, sums, LANES)).intoArray(sums, LANES);
            a1.fma(scaleA, FloatVector.fromArray(FLOATS, sums, PANEL)).intoArray(sums, PANEL);
            b1.fma(scaleB, FloatVector.fromArray(FLOATS, sums, PANEL + LANES))
                    .intoArray(sums, PANEL + LANES);
            a2.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 2 * PANEL))
                    .intoArray(sums, 2 * PANEL);
            b2.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 2 * PANEL + LANES))
                    .intoArray(sums, 2 * PANEL + LANES);
            a3.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 3 * PANEL))
                    .intoArray(sums, 3 * PANEL);
            b3.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 3 * PANEL + LANES))
                    .intoArray(sums, 3 * PANEL + LANES);
            a4.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 4 * PANEL))
                    .intoArray(sums, 4 * PANEL);
            b4.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 4 * PANEL + LANES))
                    .intoArray(sums, 4 * PANEL + LANES);
            a5.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 5 * PANEL))
                    .intoArray(sums, 5 * PANEL);
            b5.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 5 * PANEL + LANES))
                    .intoArray(sums, 5 * PANEL + LANES);
            a6.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 6 * PANEL))
                    .intoArray(sums, 6 * PANEL);
            b6.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 6 * PANEL + LANES))
                    .intoArray(sums, 6 * PANEL + LANES);
            a7.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 7 * PANEL))
                    .intoArray(sums, 7 * PANEL);
            b7.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 7 * PANEL + LANES))
                    .intoArray(sums, 7 * PANEL + LANES);
            a8.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 8 * PANEL))
                    .intoArray(sums, 8 * PANEL);
            b8.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 8 * PANEL + LANES))
                    .intoArray(sums, 8 * PANEL + LANES);
            a9.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 9 * PANEL))
                    .intoArray(sums, 9 * PANEL);
            b9.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 9 * PANEL + LANES))
                    .intoArray(sums, 9 * PANEL + LANES);
            a10.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 10 * PANEL))
                    .intoArray(sums, 10 * PANEL);
            b10.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 10 * PANEL + LANES))
                    .intoArray(sums, 10 * PANEL + LANES);
            a11.fma(scaleA, FloatVector.fromArray(FLOATS, sums, 11 * PANEL))
                    .intoArray(sums, 11 * PANEL);
            b11.fma(scaleB, FloatVector.fromArray(FLOATS, sums, 11 * PANEL + LANES))
                    .intoArray(sums, 11 * PANEL + LANES);
        }
    }
}

package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link FloatProducts} for the width in its class data, see {@link WidthTemplate}. */
final class FloatProductsTemplate implements FloatProducts {

    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(
                    float.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = FLOATS.length();

    private static final int PANEL = 2 * LANES;

    private static final int ROWS = VectorSupport.tileRows();

    private static final boolean COMPACT = WidthTemplate.isCompact(MethodHandles.lookup());

    @Override
    public int panelOutputs() {
        return PANEL;
    }

    @Override
    public int tileTokens() {
        return ROWS;
    }

    @Override
    public void multiplyTile(
            float[] panel,
            int panelOffset,
            float[] tile,
            int tileOffset,
            int tokens,
            int steps,
            boolean add,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride) {
        if (COMPACT && targetStride != PANEL) {
            throw new IllegalArgumentException("rows are not a panel apart: " + targetStride);
        }
        if (tokens > 6) {
            twelveRows(
                    panel,
                    panelOffset,
                    tile,
                    tileOffset,
                    steps,
                    add,
                    sums,
                    sumsOffset,
                    target,
                    targetOffset,
                    targetStride);
        } else {
            sixRows(
                    panel,
                    panelOffset,
                    tile,
                    tileOffset,
                    steps,
                    add,
                    sums,
                    sumsOffset,
                    target,
                    targetOffset,
                    targetStride);
        }
    }

    private static void sixRows(
            float[] panel,
            int panelOffset,
            float[] tile,
            int tileOffset,
            int steps,
            boolean add,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride) {
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
        for (int i = 0; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            int x = tileOffset + i * ROWS;
            FloatVector wa = FloatVector.fromArray(FLOATS, panel, w);
            FloatVector wb = FloatVector.fromArray(FLOATS, panel, w + LANES);
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
        int stride = COMPACT ? PANEL : targetStride;
        if (add) {
            a0.add(FloatVector.fromArray(FLOATS, sums, sumsOffset)).intoArray(target, targetOffset);
            b0.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + LANES))
                    .intoArray(target, targetOffset + LANES);
            a1.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + PANEL))
                    .intoArray(target, targetOffset + stride);
            b1.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + PANEL + LANES))
                    .intoArray(target, targetOffset + stride + LANES);
            a2.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * PANEL))
                    .intoArray(target, targetOffset + 2 * stride);
            b2.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * PANEL + LANES))
                    .intoArray(target, targetOffset + 2 * stride + LANES);
            a3.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 3 * PANEL))
                    .intoArray(target, targetOffset + 3 * stride);
            b3.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 3 * PANEL + LANES))
                    .intoArray(target, targetOffset + 3 * stride + LANES);
            a4.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 4 * PANEL))
                    .intoArray(target, targetOffset + 4 * stride);
            b4.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 4 * PANEL + LANES))
                    .intoArray(target, targetOffset + 4 * stride + LANES);
            a5.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 5 * PANEL))
                    .intoArray(target, targetOffset + 5 * stride);
            b5.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 5 * PANEL + LANES))
                    .intoArray(target, targetOffset + 5 * stride + LANES);
        } else {
            a0.intoArray(target, targetOffset);
            b0.intoArray(target, targetOffset + LANES);
            a1.intoArray(target, targetOffset + stride);
            b1.intoArray(target, targetOffset + stride + LANES);
            a2.intoArray(target, targetOffset + 2 * stride);
            b2.intoArray(target, targetOffset + 2 * stride + LANES);
            a3.intoArray(target, targetOffset + 3 * stride);
            b3.intoArray(target, targetOffset + 3 * stride + LANES);
            a4.intoArray(target, targetOffset + 4 * stride);
            b4.intoArray(target, targetOffset + 4 * stride + LANES);
            a5.intoArray(target, targetOffset + 5 * stride);
            b5.intoArray(target, targetOffset + 5 * stride + LANES);
        }
    }

    private static void twelveRows(
            float[] panel,
            int panelOffset,
            float[] tile,
            int tileOffset,
            int steps,
            boolean add,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride) {
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
        for (int i = 0; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            int x = tileOffset + i * ROWS;
            FloatVector wa = FloatVector.fromArray(FLOATS, panel, w);
            FloatVector wb = FloatVector.fromArray(FLOATS, panel, w + LANES);
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
        int stride = COMPACT ? PANEL : targetStride;
        if (add) {
            a0.add(FloatVector.fromArray(FLOATS, sums, sumsOffset)).intoArray(target, targetOffset);
            b0.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + LANES))
                    .intoArray(target, targetOffset + LANES);
            a1.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + PANEL))
                    .intoArray(target, targetOffset + stride);
            b1.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + PANEL + LANES))
                    .intoArray(target, targetOffset + stride + LANES);
            a2.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * PANEL))
                    .intoArray(target, targetOffset + 2 * stride);
            b2.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * PANEL + LANES))
                    .intoArray(target, targetOffset + 2 * stride + LANES);
            a3.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 3 * PANEL))
                    .intoArray(target, targetOffset + 3 * stride);
            b3.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 3 * PANEL + LANES))
                    .intoArray(target, targetOffset + 3 * stride + LANES);
            a4.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 4 * PANEL))
                    .intoArray(target, targetOffset + 4 * stride);
            b4.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 4 * PANEL + LANES))
                    .intoArray(target, targetOffset + 4 * stride + LANES);
            a5.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 5 * PANEL))
                    .intoArray(target, targetOffset + 5 * stride);
            b5.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 5 * PANEL + LANES))
                    .intoArray(target, targetOffset + 5 * stride + LANES);
            a6.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 6 * PANEL))
                    .intoArray(target, targetOffset + 6 * stride);
            b6.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 6 * PANEL + LANES))
                    .intoArray(target, targetOffset + 6 * stride + LANES);
            a7.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 7 * PANEL))
                    .intoArray(target, targetOffset + 7 * stride);
            b7.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 7 * PANEL + LANES))
                    .intoArray(target, targetOffset + 7 * stride + LANES);
            a8.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 8 * PANEL))
                    .intoArray(target, targetOffset + 8 * stride);
            b8.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 8 * PANEL + LANES))
                    .intoArray(target, targetOffset + 8 * stride + LANES);
            a9.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 9 * PANEL))
                    .intoArray(target, targetOffset + 9 * stride);
            b9.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 9 * PANEL + LANES))
                    .intoArray(target, targetOffset + 9 * stride + LANES);
            a10.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 10 * PANEL))
                    .intoArray(target, targetOffset + 10 * stride);
            b10.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 10 * PANEL + LANES))
                    .intoArray(target, targetOffset + 10 * stride + LANES);
            a11.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 11 * PANEL))
                    .intoArray(target, targetOffset + 11 * stride);
            b11.add(FloatVector.fromArray(FLOATS, sums, sumsOffset + 11 * PANEL + LANES))
                    .intoArray(target, targetOffset + 11 * stride + LANES);
        } else {
            a0.intoArray(target, targetOffset);
            b0.intoArray(target, targetOffset + LANES);
            a1.intoArray(target, targetOffset + stride);
            b1.intoArray(target, targetOffset + stride + LANES);
            a2.intoArray(target, targetOffset + 2 * stride);
            b2.intoArray(target, targetOffset + 2 * stride + LANES);
            a3.intoArray(target, targetOffset + 3 * stride);
            b3.intoArray(target, targetOffset + 3 * stride + LANES);
            a4.intoArray(target, targetOffset + 4 * stride);
            b4.intoArray(target, targetOffset + 4 * stride + LANES);
            a5.intoArray(target, targetOffset + 5 * stride);
            b5.intoArray(target, targetOffset + 5 * stride + LANES);
            a6.intoArray(target, targetOffset + 6 * stride);
            b6.intoArray(target, targetOffset + 6 * stride + LANES);
            a7.intoArray(target, targetOffset + 7 * stride);
            b7.intoArray(target, targetOffset + 7 * stride + LANES);
            a8.intoArray(target, targetOffset + 8 * stride);
            b8.intoArray(target, targetOffset + 8 * stride + LANES);
            a9.intoArray(target, targetOffset + 9 * stride);
            b9.intoArray(target, targetOffset + 9 * stride + LANES);
            a10.intoArray(target, targetOffset + 10 * stride);
            b10.intoArray(target, targetOffset + 10 * stride + LANES);
            a11.intoArray(target, targetOffset + 11 * stride);
            b11.intoArray(target, targetOffset + 11 * stride + LANES);
        }
    }

    @Override
    public void multiplyVector(
            float[] panel, int panelOffset, float[] x, int xOffset, int steps, float[] sums) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, LANES);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = a1;
        FloatVector a2 = a1;
        FloatVector b2 = a1;
        FloatVector a3 = a1;
        FloatVector b3 = a1;
        int i = 0;
        for (; i < steps - 3; i += 4) {
            int w = panelOffset + i * PANEL;
            FloatVector x0 = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            a0 = FloatVector.fromArray(FLOATS, panel, w).fma(x0, a0);
            b0 = FloatVector.fromArray(FLOATS, panel, w + LANES).fma(x0, b0);
            FloatVector x1 = FloatVector.broadcast(FLOATS, x[xOffset + i + 1]);
            a1 = FloatVector.fromArray(FLOATS, panel, w + PANEL).fma(x1, a1);
            b1 = FloatVector.fromArray(FLOATS, panel, w + PANEL + LANES).fma(x1, b1);
            FloatVector x2 = FloatVector.broadcast(FLOATS, x[xOffset + i + 2]);
            a2 = FloatVector.fromArray(FLOATS, panel, w + 2 * PANEL).fma(x2, a2);
            b2 = FloatVector.fromArray(FLOATS, panel, w + 2 * PANEL + LANES).fma(x2, b2);
            FloatVector x3 = FloatVector.broadcast(FLOATS, x[xOffset + i + 3]);
            a3 = FloatVector.fromArray(FLOATS, panel, w + 3 * PANEL).fma(x3, a3);
            b3 = FloatVector.fromArray(FLOATS, panel, w + 3 * PANEL + LANES).fma(x3, b3);
        }
        for (; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            FloatVector x0 = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            a0 = FloatVector.fromArray(FLOATS, panel, w).fma(x0, a0);
            b0 = FloatVector.fromArray(FLOATS, panel, w + LANES).fma(x0, b0);
        }
        a0.add(a1).add(a2.add(a3)).intoArray(sums, 0);
        b0.add(b1).add(b2.add(b3)).intoArray(sums, LANES);
    }
}

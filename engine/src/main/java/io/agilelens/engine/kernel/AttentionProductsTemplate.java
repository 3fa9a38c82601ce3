package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link AttentionProducts} for the width in its class data, see {@link WidthTemplate}. */
final class AttentionProductsTemplate implements AttentionProducts {

    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(
                    float.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = FLOATS.length();

    private static final int PANEL = 2 * LANES;

    @Override
    public int panelWidth() {
        return PANEL;
    }

    @Override
    public int panelsAtOnce() {
        return VectorSupport.registers() >= 32 ? 2 : 1;
    }

    /** Rows beyond the last one are the last one again, which costs nothing but their time. */
    @Override
    public void multiplyTile(
            float[] x,
            int xOffset,
            int xStride,
            int rows,
            int panels,
            float[] weights,
            int weightsOffset,
            int distance,
            int steps,
            float factor,
            float[] y,
            int yOffset,
            int yStride) {
        if (panels == 2) {
            int next = weightsOffset + distance;
            twoPanels(
                    x,
                    xOffset,
                    xStride,
                    rows,
                    weights,
                    weightsOffset,
                    next,
                    steps,
                    factor,
                    y,
                    yOffset,
                    yStride);
        } else {
            onePanel(
                    x,
                    xOffset,
                    xStride,
                    rows,
                    weights,
                    weightsOffset,
                    steps,
                    factor,
                    y,
                    yOffset,
                    yStride);
        }
    }

    private static void onePanel(
            float[] x,
            int xOffset,
            int xStride,
            int rows,
            float[] panel,
            int panelOffset,
            int steps,
            float factor,
            float[] y,
            int yOffset,
            int yStride) {
        int last = rows - 1;
        int x1 = xOffset + Math.min(1, last) * xStride;
        int x2 = xOffset + Math.min(2, last) * xStride;
        int x3 = xOffset + Math.min(3, last) * xStride;
        int x4 = xOffset + Math.min(4, last) * xStride;
        int x5 = xOffset + Math.min(5, last) * xStride;
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
            FloatVector wa = FloatVector.fromArray(FLOATS, panel, w);
            FloatVector wb = FloatVector.fromArray(FLOATS, panel, w + LANES);
            FloatVector row0 = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            a0 = wa.fma(row0, a0);
            b0 = wb.fma(row0, b0);
            FloatVector row1 = FloatVector.broadcast(FLOATS, x[x1 + i]);
            a1 = wa.fma(row1, a1);
            b1 = wb.fma(row1, b1);
            FloatVector row2 = FloatVector.broadcast(FLOATS, x[x2 + i]);
            a2 = wa.fma(row2, a2);
            b2 = wb.fma(row2, b2);
            FloatVector row3 = FloatVector.broadcast(FLOATS, x[x3 + i]);
            a3 = wa.fma(row3, a3);
            b3 = wb.fma(row3, b3);
            FloatVector row4 = FloatVector.broadcast(FLOATS, x[x4 + i]);
            a4 = wa.fma(row4, a4);
            b4 = wb.fma(row4, b4);
            FloatVector row5 = FloatVector.broadcast(FLOATS, x[x5 + i]);
            a5 = wa.fma(row5, a5);
            b5 = wb.fma(row5, b5);
        }
        a0.mul(factor).intoArray(y, yOffset);
        b0.mul(factor).intoArray(y, yOffset + LANES);
        int y1 = yOffset + Math.min(1, last) * yStride;
        a1.mul(factor).intoArray(y, y1);
        b1.mul(factor).intoArray(y, y1 + LANES);
        int y2 = yOffset + Math.min(2, last) * yStride;
        a2.mul(factor).intoArray(y, y2);
        b2.mul(factor).intoArray(y, y2 + LANES);
        int y3 = yOffset + Math.min(3, last) * yStride;
        a3.mul(factor).intoArray(y, y3);
        b3.mul(factor).intoArray(y, y3 + LANES);
        int y4 = yOffset + Math.min(4, last) * yStride;
        a4.mul(factor).intoArray(y, y4);
        b4.mul(factor).intoArray(y, y4 + LANES);
        int y5 = yOffset + Math.min(5, last) * yStride;
        a5.mul(factor).intoArray(y, y5);
        b5.mul(factor).intoArray(y, y5 + LANES);
    }

    private static void twoPanels(
            float[] x,
            int xOffset,
            int xStride,
            int rows,
            float[] panels,
            int panelOffset,
            int next,
            int steps,
            float factor,
            float[] y,
            int yOffset,
            int yStride) {
        int last = rows - 1;
        int x1 = xOffset + Math.min(1, last) * xStride;
        int x2 = xOffset + Math.min(2, last) * xStride;
        int x3 = xOffset + Math.min(3, last) * xStride;
        int x4 = xOffset + Math.min(4, last) * xStride;
        int x5 = xOffset + Math.min(5, last) * xStride;
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = a0;
        FloatVector c0 = a0;
        FloatVector d0 = a0;
        FloatVector a1 = a0;
        FloatVector b1 = a0;
        FloatVector c1 = a0;
        FloatVector d1 = a0;
        FloatVector a2 = a0;
        FloatVector b2 = a0;
        FloatVector c2 = a0;
        FloatVector d2 = a0;
        FloatVector a3 = a0;
        FloatVector b3 = a0;
        FloatVector c3 = a0;
        FloatVector d3 = a0;
        FloatVector a4 = a0;
        FloatVector b4 = a0;
        FloatVector c4 = a0;
        FloatVector d4 = a0;
        FloatVector a5 = a0;
        FloatVector b5 = a0;
        FloatVector c5 = a0;
        FloatVector d5 = a0;
        for (int i = 0; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            int v = next + i * PANEL;
            FloatVector wa = FloatVector.fromArray(FLOATS, panels, w);
            FloatVector wb = FloatVector.fromArray(FLOATS, panels, w + LANES);
            FloatVector wc = FloatVector.fromArray(FLOATS, panels, v);
            FloatVector wd = FloatVector.fromArray(FLOATS, panels, v + LANES);
            FloatVector row0 = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            a0 = wa.fma(row0, a0);
            b0 = wb.fma(row0, b0);
            c0 = wc.fma(row0, c0);
            d0 = wd.fma(row0, d0);
            FloatVector row1 = FloatVector.broadcast(FLOATS, x[x1 + i]);
            a1 = wa.fma(row1, a1);
            b1 = wb.fma(row1, b1);
            c1 = wc.fma(row1, c1);
            d1 = wd.fma(row1, d1);
            FloatVector row2 = FloatVector.broadcast(FLOATS, x[x2 + i]);
            a2 = wa.fma(row2, a2);
            b2 = wb.fma(row2, b2);
            c2 = wc.fma(row2, c2);
            d2 = wd.fma(row2, d2);
            FloatVector row3 = FloatVector.broadcast(FLOATS, x[x3 + i]);
            a3 = wa.fma(row3, a3);
            b3 = wb.fma(row3, b3);
            c3 = wc.fma(row3, c3);
            d3 = wd.fma(row3, d3);
            FloatVector row4 = FloatVector.broadcast(FLOATS, x[x4 + i]);
            a4 = wa.fma(row4, a4);
            b4 = wb.fma(row4, b4);
            c4 = wc.fma(row4, c4);
            d4 = wd.fma(row4, d4);
            FloatVector row5 = FloatVector.broadcast(FLOATS, x[x5 + i]);
            a5 = wa.fma(row5, a5);
            b5 = wb.fma(row5, b5);
            c5 = wc.fma(row5, c5);
            d5 = wd.fma(row5, d5);
        }
        a0.mul(factor).intoArray(y, yOffset);
        b0.mul(factor).intoArray(y, yOffset + LANES);
        c0.mul(factor).intoArray(y, yOffset + PANEL);
        d0.mul(factor).intoArray(y, yOffset + PANEL + LANES);
        int y1 = yOffset + Math.min(1, last) * yStride;
        a1.mul(factor).intoArray(y, y1);
        b1.mul(factor).intoArray(y, y1 + LANES);
        c1.mul(factor).intoArray(y, y1 + PANEL);
        d1.mul(factor).intoArray(y, y1 + PANEL + LANES);
        int y2 = yOffset + Math.min(2, last) * yStride;
        a2.mul(factor).intoArray(y, y2);
        b2.mul(factor).intoArray(y, y2 + LANES);
        c2.mul(factor).intoArray(y, y2 + PANEL);
        d2.mul(factor).intoArray(y, y2 + PANEL + LANES);
        int y3 = yOffset + Math.min(3, last) * yStride;
        a3.mul(factor).intoArray(y, y3);
        b3.mul(factor).intoArray(y, y3 + LANES);
        c3.mul(factor).intoArray(y, y3 + PANEL);
        d3.mul(factor).intoArray(y, y3 + PANEL + LANES);
        int y4 = yOffset + Math.min(4, last) * yStride;
        a4.mul(factor).intoArray(y, y4);
        b4.mul(factor).intoArray(y, y4 + LANES);
        c4.mul(factor).intoArray(y, y4 + PANEL);
        d4.mul(factor).intoArray(y, y4 + PANEL + LANES);
        int y5 = yOffset + Math.min(5, last) * yStride;
        a5.mul(factor).intoArray(y, y5);
        b5.mul(factor).intoArray(y, y5 + LANES);
        c5.mul(factor).intoArray(y, y5 + PANEL);
        d5.mul(factor).intoArray(y, y5 + PANEL + LANES);
    }

    /**
     * The steps are few, so the sums go through memory: vectors that a loop hands on are objects
     * where the compiler inlines this too late.
     */
    @Override
    public void addRow(
            float[] x,
            int xOffset,
            float[] panel,
            int panelOffset,
            int steps,
            float[] y,
            int yOffset) {
        for (int i = 0; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            FloatVector row = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            FloatVector.fromArray(FLOATS, panel, w)
                    .fma(row, FloatVector.fromArray(FLOATS, y, yOffset))
                    .intoArray(y, yOffset);
            FloatVector.fromArray(FLOATS, panel, w + LANES)
                    .fma(row, FloatVector.fromArray(FLOATS, y, yOffset + LANES))
                    .intoArray(y, yOffset + LANES);
        }
    }
}

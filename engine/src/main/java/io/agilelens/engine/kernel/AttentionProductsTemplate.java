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

    /** Rows beyond the last one are the last one again, which costs nothing but their time. */
    @Override
    public void multiplyTile(
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

    @Override
    public void addRow(
            float[] x,
            int xOffset,
            float[] panel,
            int panelOffset,
            int steps,
            float[] y,
            int yOffset) {
        FloatVector a = FloatVector.fromArray(FLOATS, y, yOffset);
        FloatVector b = FloatVector.fromArray(FLOATS, y, yOffset + LANES);
        for (int i = 0; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            FloatVector row = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            a = FloatVector.fromArray(FLOATS, panel, w).fma(row, a);
            b = FloatVector.fromArray(FLOATS, panel, w + LANES).fma(row, b);
        }
        a.intoArray(y, yOffset);
        b.intoArray(y, yOffset + LANES);
    }
}

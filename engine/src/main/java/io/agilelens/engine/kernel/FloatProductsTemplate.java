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

    @Override
    public int panelOutputs() {
        return PANEL;
    }

    @Override
    public void packPanel(
            float[] x, int offset, int stride, int outputs, int steps, float[] panel) {
        int o = 0;
        for (; o < outputs - 3; o += 4) {
            packFour(x, offset + o * stride, stride, steps, panel, o);
        }
        for (; o < PANEL; o++) {
            for (int i = 0; i < steps; i++) {
                panel[i * PANEL + o] = o < outputs ? x[offset + o * stride + i] : 0;
            }
        }
    }

    private static void packFour(
            float[] x, int offset, int stride, int steps, float[] panel, int output) {
        int second = offset + stride;
        int third = second + stride;
        int fourth = third + stride;
        for (int i = 0; i < steps; i++) {
            int at = i * PANEL + output;
            panel[at] = x[offset + i];
            panel[at + 1] = x[second + i];
            panel[at + 2] = x[third + i];
            panel[at + 3] = x[fourth + i];
        }
    }

    @Override
    public void multiplyTile(
            float[] panel, int panelOffset, float[] tile, int tileOffset, int steps, float[] sums) {
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
            int x = tileOffset + i * TILE_TOKENS;
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
        a0.intoArray(sums, 0);
        b0.intoArray(sums, LANES);
        a1.intoArray(sums, PANEL);
        b1.intoArray(sums, PANEL + LANES);
        a2.intoArray(sums, 2 * PANEL);
        b2.intoArray(sums, 2 * PANEL + LANES);
        a3.intoArray(sums, 3 * PANEL);
        b3.intoArray(sums, 3 * PANEL + LANES);
        a4.intoArray(sums, 4 * PANEL);
        b4.intoArray(sums, 4 * PANEL + LANES);
        a5.intoArray(sums, 5 * PANEL);
        b5.intoArray(sums, 5 * PANEL + LANES);
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

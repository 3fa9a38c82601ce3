package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link DoubleProducts} for the width in its class data, see {@link WidthTemplate}. */
final class DoubleProductsTemplate implements DoubleProducts {

    private static final VectorSpecies<Double> DOUBLES =
            VectorSpecies.of(
                    double.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = DOUBLES.length();

    private static final int PANEL = 2 * LANES;

    @Override
    public int panelOutputs() {
        return PANEL;
    }

    @Override
    public void multiplyTile(
            double[] panel,
            int panelOffset,
            double[] tile,
            int tileOffset,
            int steps,
            double[] sums) {
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
        for (int i = 0; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            int x = tileOffset + i * FloatProducts.TILE_TOKENS;
            DoubleVector wa = DoubleVector.fromArray(DOUBLES, panel, w);
            DoubleVector wb = DoubleVector.fromArray(DOUBLES, panel, w + LANES);
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
            double[] panel, int panelOffset, double[] x, int xOffset, int steps, double[] sums) {
        DoubleVector a0 = DoubleVector.fromArray(DOUBLES, sums, 0);
        DoubleVector b0 = DoubleVector.fromArray(DOUBLES, sums, LANES);
        DoubleVector a1 = DoubleVector.zero(DOUBLES);
        DoubleVector b1 = a1;
        DoubleVector a2 = a1;
        DoubleVector b2 = a1;
        DoubleVector a3 = a1;
        DoubleVector b3 = a1;
        int i = 0;
        for (; i < steps - 3; i += 4) {
            int w = panelOffset + i * PANEL;
            DoubleVector x0 = DoubleVector.broadcast(DOUBLES, x[xOffset + i]);
            a0 = DoubleVector.fromArray(DOUBLES, panel, w).fma(x0, a0);
            b0 = DoubleVector.fromArray(DOUBLES, panel, w + LANES).fma(x0, b0);
            DoubleVector x1 = DoubleVector.broadcast(DOUBLES, x[xOffset + i + 1]);
            a1 = DoubleVector.fromArray(DOUBLES, panel, w + PANEL).fma(x1, a1);
            b1 = DoubleVector.fromArray(DOUBLES, panel, w + PANEL + LANES).fma(x1, b1);
            DoubleVector x2 = DoubleVector.broadcast(DOUBLES, x[xOffset + i + 2]);
            a2 = DoubleVector.fromArray(DOUBLES, panel, w + 2 * PANEL).fma(x2, a2);
            b2 = DoubleVector.fromArray(DOUBLES, panel, w + 2 * PANEL + LANES).fma(x2, b2);
            DoubleVector x3 = DoubleVector.broadcast(DOUBLES, x[xOffset + i + 3]);
            a3 = DoubleVector.fromArray(DOUBLES, panel, w + 3 * PANEL).fma(x3, a3);
            b3 = DoubleVector.fromArray(DOUBLES, panel, w + 3 * PANEL + LANES).fma(x3, b3);
        }
        for (; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            DoubleVector x0 = DoubleVector.broadcast(DOUBLES, x[xOffset + i]);
            a0 = DoubleVector.fromArray(DOUBLES, panel, w).fma(x0, a0);
            b0 = DoubleVector.fromArray(DOUBLES, panel, w + LANES).fma(x0, b0);
        }
        a0.add(a1).add(a2.add(a3)).intoArray(sums, 0);
        b0.add(b1).add(b2.add(b3)).intoArray(sums, LANES);
    }

    @Override
    public void subtract(double[] sums, int from, double[] target, int at) {
        DoubleVector.fromArray(DOUBLES, target, at)
                .sub(DoubleVector.fromArray(DOUBLES, sums, from))
                .intoArray(target, at);
        DoubleVector.fromArray(DOUBLES, target, at + LANES)
                .sub(DoubleVector.fromArray(DOUBLES, sums, from + LANES))
                .intoArray(target, at + LANES);
    }
}

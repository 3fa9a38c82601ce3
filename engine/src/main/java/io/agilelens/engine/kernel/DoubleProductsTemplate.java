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

    private static final int ROWS = VectorSupport.tileRows();

    @Override
    public int panelOutputs() {
        return PANEL;
    }

    @Override
    public int tileTokens() {
        return ROWS;
    }

    @Override
    public void packTile(
            float[] x,
            int offset,
            int stride,
            int tokens,
            int steps,
            double[] tile,
            int tileOffset) {
        if (tokens == 12) {
            packTwelve(x, offset, stride, steps, tile, tileOffset);
            return;
        }
        int t = 0;
        if (tokens >= 6) {
            packSix(x, offset, stride, steps, tile, tileOffset);
            t = 6;
        }
        for (; t < ROWS; t++) {
            for (int i = 0; i < steps; i++) {
                tile[tileOffset + i * ROWS + t] = t < tokens ? x[offset + t * stride + i] : 0;
            }
        }
    }

    private static void packSix(
            float[] x, int row, int stride, int steps, double[] tile, int start) {
        int row1 = row + stride;
        int row2 = row + 2 * stride;
        int row3 = row + 3 * stride;
        int row4 = row + 4 * stride;
        int row5 = row + 5 * stride;
        for (int i = 0; i < steps; i++) {
            int at = start + i * ROWS;
            tile[at] = x[row + i];
            tile[at + 1] = x[row1 + i];
            tile[at + 2] = x[row2 + i];
            tile[at + 3] = x[row3 + i];
            tile[at + 4] = x[row4 + i];
            tile[at + 5] = x[row5 + i];
        }
    }

    private static void packTwelve(
            float[] x, int row, int stride, int steps, double[] tile, int start) {
        int row1 = row + stride;
        int row2 = row + 2 * stride;
        int row3 = row + 3 * stride;
        int row4 = row + 4 * stride;
        int row5 = row + 5 * stride;
        int row6 = row + 6 * stride;
        int row7 = row + 7 * stride;
        int row8 = row + 8 * stride;
        int row9 = row + 9 * stride;
        int row10 = row + 10 * stride;
        int row11 = row + 11 * stride;
        for (int i = 0; i < steps; i++) {
            int at = start + i * ROWS;
            tile[at] = x[row + i];
            tile[at + 1] = x[row1 + i];
            tile[at + 2] = x[row2 + i];
            tile[at + 3] = x[row3 + i];
            tile[at + 4] = x[row4 + i];
            tile[at + 5] = x[row5 + i];
            tile[at + 6] = x[row6 + i];
            tile[at + 7] = x[row7 + i];
            tile[at + 8] = x[row8 + i];
            tile[at + 9] = x[row9 + i];
            tile[at + 10] = x[row10 + i];
            tile[at + 11] = x[row11 + i];
        }
    }

    @Override
    public void multiplyTile(
            double[] panel,
            int panelOffset,
            double[] tile,
            int tileOffset,
            int tokens,
            int steps,
            double[] sums,
            int sumsOffset) {
        if (tokens > 6) {
            twelveRows(panel, panelOffset, tile, tileOffset, steps, sums, sumsOffset);
        } else {
            sixRows(panel, panelOffset, tile, tileOffset, steps, sums, sumsOffset);
        }
    }

    private static void sixRows(
            double[] panel,
            int panelOffset,
            double[] tile,
            int tileOffset,
            int steps,
            double[] sums,
            int sumsOffset) {
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
            int x = tileOffset + i * ROWS;
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
        a0.intoArray(sums, sumsOffset);
        b0.intoArray(sums, sumsOffset + LANES);
        a1.intoArray(sums, sumsOffset + PANEL);
        b1.intoArray(sums, sumsOffset + PANEL + LANES);
        a2.intoArray(sums, sumsOffset + 2 * PANEL);
        b2.intoArray(sums, sumsOffset + 2 * PANEL + LANES);
        a3.intoArray(sums, sumsOffset + 3 * PANEL);
        b3.intoArray(sums, sumsOffset + 3 * PANEL + LANES);
        a4.intoArray(sums, sumsOffset + 4 * PANEL);
        b4.intoArray(sums, sumsOffset + 4 * PANEL + LANES);
        a5.intoArray(sums, sumsOffset + 5 * PANEL);
        b5.intoArray(sums, sumsOffset + 5 * PANEL + LANES);
    }

    private static void twelveRows(
            double[] panel,
            int panelOffset,
            double[] tile,
            int tileOffset,
            int steps,
            double[] sums,
            int sumsOffset) {
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
        for (int i = 0; i < steps; i++) {
            int w = panelOffset + i * PANEL;
            int x = tileOffset + i * ROWS;
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
        a0.intoArray(sums, sumsOffset);
        b0.intoArray(sums, sumsOffset + LANES);
        a1.intoArray(sums, sumsOffset + PANEL);
        b1.intoArray(sums, sumsOffset + PANEL + LANES);
        a2.intoArray(sums, sumsOffset + 2 * PANEL);
        b2.intoArray(sums, sumsOffset + 2 * PANEL + LANES);
        a3.intoArray(sums, sumsOffset + 3 * PANEL);
        b3.intoArray(sums, sumsOffset + 3 * PANEL + LANES);
        a4.intoArray(sums, sumsOffset + 4 * PANEL);
        b4.intoArray(sums, sumsOffset + 4 * PANEL + LANES);
        a5.intoArray(sums, sumsOffset + 5 * PANEL);
        b5.intoArray(sums, sumsOffset + 5 * PANEL + LANES);
        a6.intoArray(sums, sumsOffset + 6 * PANEL);
        b6.intoArray(sums, sumsOffset + 6 * PANEL + LANES);
        a7.intoArray(sums, sumsOffset + 7 * PANEL);
        b7.intoArray(sums, sumsOffset + 7 * PANEL + LANES);
        a8.intoArray(sums, sumsOffset + 8 * PANEL);
        b8.intoArray(sums, sumsOffset + 8 * PANEL + LANES);
        a9.intoArray(sums, sumsOffset + 9 * PANEL);
        b9.intoArray(sums, sumsOffset + 9 * PANEL + LANES);
        a10.intoArray(sums, sumsOffset + 10 * PANEL);
        b10.intoArray(sums, sumsOffset + 10 * PANEL + LANES);
        a11.intoArray(sums, sumsOffset + 11 * PANEL);
        b11.intoArray(sums, sumsOffset + 11 * PANEL + LANES);
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

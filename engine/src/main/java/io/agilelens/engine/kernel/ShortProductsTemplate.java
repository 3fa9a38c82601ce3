package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link ShortProducts} for the width in its class data, see {@link WidthTemplate}. */
final class ShortProductsTemplate implements ShortProducts {

    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(
                    short.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = SHORTS.length();

    private static final int PANEL = 2 * LANES;

    private static final int ROWS = VectorSupport.shortTileRows();

    @Override
    public int panelOutputs() {
        return PANEL;
    }

    @Override
    public int tileTokens() {
        return ROWS;
    }

    @Override
    public void narrow(float[] tile, int count, short[] target, int to) {
        for (int i = 0; i < count; i++) {
            target[to + i] = (short) tile[i];
        }
    }

    @Override
    public void multiplyTile(
            short[] panel,
            int panelOffset,
            short[] tile,
            int tileOffset,
            int tokens,
            int[] starts,
            int units,
            short[] sums) {
        if (tokens > 6) {
            eightRows(panel, panelOffset, tile, tileOffset, starts, units, sums);
        } else {
            sixRows(panel, panelOffset, tile, tileOffset, starts, units, sums);
        }
    }

    private static void sixRows(
            short[] panel,
            int panelOffset,
            short[] tile,
            int tileOffset,
            int[] starts,
            int units,
            short[] sums) {
        for (int unit = 0; unit < units; unit++) {
            ShortVector a0 = ShortVector.zero(SHORTS);
            ShortVector b0 = a0;
            ShortVector a1 = a0;
            ShortVector b1 = a0;
            ShortVector a2 = a0;
            ShortVector b2 = a0;
            ShortVector a3 = a0;
            ShortVector b3 = a0;
            ShortVector a4 = a0;
            ShortVector b4 = a0;
            ShortVector a5 = a0;
            ShortVector b5 = a0;
            int end = starts[unit + 1];
            for (int i = starts[unit]; i < end; i++) {
                int w = panelOffset + i * PANEL;
                int x = tileOffset + i * ROWS;
                ShortVector wa = ShortVector.fromArray(SHORTS, panel, w);
                ShortVector wb = ShortVector.fromArray(SHORTS, panel, w + LANES);
                ShortVector x0 = ShortVector.broadcast(SHORTS, tile[x]);
                a0 = a0.add(wa.mul(x0));
                b0 = b0.add(wb.mul(x0));
                ShortVector x1 = ShortVector.broadcast(SHORTS, tile[x + 1]);
                a1 = a1.add(wa.mul(x1));
                b1 = b1.add(wb.mul(x1));
                ShortVector x2 = ShortVector.broadcast(SHORTS, tile[x + 2]);
                a2 = a2.add(wa.mul(x2));
                b2 = b2.add(wb.mul(x2));
                ShortVector x3 = ShortVector.broadcast(SHORTS, tile[x + 3]);
                a3 = a3.add(wa.mul(x3));
                b3 = b3.add(wb.mul(x3));
                ShortVector x4 = ShortVector.broadcast(SHORTS, tile[x + 4]);
                a4 = a4.add(wa.mul(x4));
                b4 = b4.add(wb.mul(x4));
                ShortVector x5 = ShortVector.broadcast(SHORTS, tile[x + 5]);
                a5 = a5.add(wa.mul(x5));
                b5 = b5.add(wb.mul(x5));
            }
            int to = unit * ROWS * PANEL;
            a0.intoArray(sums, to);
            b0.intoArray(sums, to + LANES);
            a1.intoArray(sums, to + PANEL);
            b1.intoArray(sums, to + PANEL + LANES);
            a2.intoArray(sums, to + 2 * PANEL);
            b2.intoArray(sums, to + 2 * PANEL + LANES);
            a3.intoArray(sums, to + 3 * PANEL);
            b3.intoArray(sums, to + 3 * PANEL + LANES);
            a4.intoArray(sums, to + 4 * PANEL);
            b4.intoArray(sums, to + 4 * PANEL + LANES);
            a5.intoArray(sums, to + 5 * PANEL);
            b5.intoArray(sums, to + 5 * PANEL + LANES);
        }
    }

    private static void eightRows(
            short[] panel,
            int panelOffset,
            short[] tile,
            int tileOffset,
            int[] starts,
            int units,
            short[] sums) {
        for (int unit = 0; unit < units; unit++) {
            ShortVector a0 = ShortVector.zero(SHORTS);
            ShortVector b0 = a0;
            ShortVector a1 = a0;
            ShortVector b1 = a0;
            ShortVector a2 = a0;
            ShortVector b2 = a0;
            ShortVector a3 = a0;
            ShortVector b3 = a0;
            ShortVector a4 = a0;
            ShortVector b4 = a0;
            ShortVector a5 = a0;
            ShortVector b5 = a0;
            ShortVector a6 = a0;
            ShortVector b6 = a0;
            ShortVector a7 = a0;
            ShortVector b7 = a0;
            int end = starts[unit + 1];
            for (int i = starts[unit]; i < end; i++) {
                int w = panelOffset + i * PANEL;
                int x = tileOffset + i * ROWS;
                ShortVector wa = ShortVector.fromArray(SHORTS, panel, w);
                ShortVector wb = ShortVector.fromArray(SHORTS, panel, w + LANES);
                ShortVector x0 = ShortVector.broadcast(SHORTS, tile[x]);
                a0 = a0.add(wa.mul(x0));
                b0 = b0.add(wb.mul(x0));
                ShortVector x1 = ShortVector.broadcast(SHORTS, tile[x + 1]);
                a1 = a1.add(wa.mul(x1));
                b1 = b1.add(wb.mul(x1));
                ShortVector x2 = ShortVector.broadcast(SHORTS, tile[x + 2]);
                a2 = a2.add(wa.mul(x2));
                b2 = b2.add(wb.mul(x2));
                ShortVector x3 = ShortVector.broadcast(SHORTS, tile[x + 3]);
                a3 = a3.add(wa.mul(x3));
                b3 = b3.add(wb.mul(x3));
                ShortVector x4 = ShortVector.broadcast(SHORTS, tile[x + 4]);
                a4 = a4.add(wa.mul(x4));
                b4 = b4.add(wb.mul(x4));
                ShortVector x5 = ShortVector.broadcast(SHORTS, tile[x + 5]);
                a5 = a5.add(wa.mul(x5));
                b5 = b5.add(wb.mul(x5));
                ShortVector x6 = ShortVector.broadcast(SHORTS, tile[x + 6]);
                a6 = a6.add(wa.mul(x6));
                b6 = b6.add(wb.mul(x6));
                ShortVector x7 = ShortVector.broadcast(SHORTS, tile[x + 7]);
                a7 = a7.add(wa.mul(x7));
                b7 = b7.add(wb.mul(x7));
            }
            int to = unit * ROWS * PANEL;
            a0.intoArray(sums, to);
            b0.intoArray(sums, to + LANES);
            a1.intoArray(sums, to + PANEL);
            b1.intoArray(sums, to + PANEL + LANES);
            a2.intoArray(sums, to + 2 * PANEL);
            b2.intoArray(sums, to + 2 * PANEL + LANES);
            a3.intoArray(sums, to + 3 * PANEL);
            b3.intoArray(sums, to + 3 * PANEL + LANES);
            a4.intoArray(sums, to + 4 * PANEL);
            b4.intoArray(sums, to + 4 * PANEL + LANES);
            a5.intoArray(sums, to + 5 * PANEL);
            b5.intoArray(sums, to + 5 * PANEL + LANES);
            a6.intoArray(sums, to + 6 * PANEL);
            b6.intoArray(sums, to + 6 * PANEL + LANES);
            a7.intoArray(sums, to + 7 * PANEL);
            b7.intoArray(sums, to + 7 * PANEL + LANES);
        }
    }
}

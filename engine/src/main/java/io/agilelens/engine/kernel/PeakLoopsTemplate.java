package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link PeakLoops} for the width in its class data, see {@link WidthTemplate}. */
final class PeakLoopsTemplate implements PeakLoops {

    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(
                    float.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = FLOATS.length();

    /**
     * Two units with a latency of four or five cycles each; with their operands in 16 registers.
     */
    private static final int CHAINS = 12;

    @Override
    public int multiplicationsPerStep() {
        return CHAINS * LANES;
    }

    @Override
    public float multiplyAdd(int steps, float factor) {
        FloatVector f = FloatVector.broadcast(FLOATS, factor);
        FloatVector one = FloatVector.broadcast(FLOATS, 1);
        FloatVector a = one;
        FloatVector b = f;
        FloatVector c = one.add(one);
        FloatVector d = c.add(one);
        FloatVector e = d.add(one);
        FloatVector g = e.add(one);
        FloatVector h = g.add(one);
        FloatVector i = h.add(one);
        FloatVector j = i.add(one);
        FloatVector k = j.add(one);
        FloatVector l = k.add(one);
        FloatVector m = l.add(one);
        for (int step = 0; step < steps; step++) {
            a = a.fma(f, one);
            b = b.fma(f, one);
            c = c.fma(f, one);
            d = d.fma(f, one);
            e = e.fma(f, one);
            g = g.fma(f, one);
            h = h.fma(f, one);
            i = i.fma(f, one);
            j = j.fma(f, one);
            k = k.fma(f, one);
            l = l.fma(f, one);
            m = m.fma(f, one);
        }
        FloatVector first = a.add(b).add(c).add(d).add(e).add(g);
        FloatVector last = h.add(i).add(j).add(k).add(l).add(m);
        return sumOfLanes(first.add(last));
    }

    @Override
    public float sum(float[] x, int from, int to) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = from;
        for (; i <= to - 4 * LANES; i += 4 * LANES) {
            a = a.add(FloatVector.fromArray(FLOATS, x, i));
            b = b.add(FloatVector.fromArray(FLOATS, x, i + LANES));
            c = c.add(FloatVector.fromArray(FLOATS, x, i + 2 * LANES));
            d = d.add(FloatVector.fromArray(FLOATS, x, i + 3 * LANES));
        }
        float result = sumOfLanes(a.add(b).add(c.add(d)));
        for (; i < to; i++) {
            result += x[i];
        }
        return result;
    }

    private static float sumOfLanes(FloatVector vector) {
        float[] lanes = Scratch.ofThread().parts(LANES);
        vector.intoArray(lanes, 0);
        return LaneSums.sum(lanes, 0, LANES);
    }
}

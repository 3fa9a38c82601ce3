package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link HalfProducts} for the width in its class data, see {@link WidthTemplate}. */
final class HalfProductsTemplate implements HalfProducts {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    /** Whether the next panel is touched instead of what comes next in this one. */
    private static final boolean FAR = WidthTemplate.readsFar(MethodHandles.lookup());

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final int LANES = FLOATS.length();

    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(16 * LANES));

    @Override
    public int multiplyVector(short[] panel, int offset, float[] x, int steps, float[] sums) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        int last = panel.length - 1;
        int panelLength = steps * 2 * LANES;
        int next = offset + panelLength;
        int touched = 0;
        for (int i = 0; i < steps; i++) {
            int w = offset + i * 2 * LANES;
            touched |=
                    panel[
                            FAR
                                    ? next + ReadAhead.touch(i, 2 * LANES, panelLength)
                                    : Math.min(w + ReadAhead.DISTANCE, last)];
            FloatVector activation = FloatVector.broadcast(FLOATS, x[i]);
            IntVector first =
                    (IntVector)
                            ShortVector.fromArray(SHORTS, panel, w)
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            a =
                    first.lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                            .and(HalfWidening.BITS)
                            .reinterpretAsFloats()
                            .mul(HalfWidening.FACTOR)
                            .fma(activation, a);
            IntVector second =
                    (IntVector)
                            ShortVector.fromArray(SHORTS, panel, w + LANES)
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            b =
                    second.lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                            .and(HalfWidening.BITS)
                            .reinterpretAsFloats()
                            .mul(HalfWidening.FACTOR)
                            .fma(activation, b);
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LANES);
        return touched;
    }
}

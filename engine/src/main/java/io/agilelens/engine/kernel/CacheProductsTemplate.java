package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link CacheProducts} for the width in its class data, see {@link WidthTemplate}. Subnormal
 * numbers of half precision, which are rare among keys and values, are subnormal floats on the way.
 */
final class CacheProductsTemplate implements CacheProducts {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final int LANES = FLOATS.length();

    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(16 * LANES));

    private static final int PANEL = 2 * LANES;

    @Override
    public int panelKeys() {
        return PANEL;
    }

    @Override
    public void scores(
            float[] q,
            int qOffset,
            float[] keys,
            int keysOffset,
            int panels,
            int dimension,
            float factor,
            float[] scores,
            int scoresOffset) {
        for (int panel = 0; panel < panels; panel++) {
            int k = keysOffset + panel * dimension * PANEL;
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector b0 = a0;
            FloatVector a1 = a0;
            FloatVector b1 = a0;
            int d = 0;
            for (; d < dimension - 1; d += 2) {
                int row = k + d * PANEL;
                FloatVector first = FloatVector.broadcast(FLOATS, q[qOffset + d]);
                a0 = FloatVector.fromArray(FLOATS, keys, row).fma(first, a0);
                b0 = FloatVector.fromArray(FLOATS, keys, row + LANES).fma(first, b0);
                FloatVector second = FloatVector.broadcast(FLOATS, q[qOffset + d + 1]);
                a1 = FloatVector.fromArray(FLOATS, keys, row + PANEL).fma(second, a1);
                b1 = FloatVector.fromArray(FLOATS, keys, row + PANEL + LANES).fma(second, b1);
            }
            if (d < dimension) {
                int row = k + d * PANEL;
                FloatVector last = FloatVector.broadcast(FLOATS, q[qOffset + d]);
                a0 = FloatVector.fromArray(FLOATS, keys, row).fma(last, a0);
                b0 = FloatVector.fromArray(FLOATS, keys, row + LANES).fma(last, b0);
            }
            int to = scoresOffset + panel * PANEL;
            a0.add(a1).mul(factor).intoArray(scores, to);
            b0.add(b1).mul(factor).intoArray(scores, to + LANES);
        }
    }

    /** Widening takes as long as a sum waits for the one before, so one of each key is enough. */
    @Override
    public void scores(
            float[] q,
            int qOffset,
            short[] keys,
            int keysOffset,
            int panels,
            int dimension,
            float factor,
            float[] scores,
            int scoresOffset) {
        for (int panel = 0; panel < panels; panel++) {
            int k = keysOffset + panel * dimension * PANEL;
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = a;
            for (int d = 0; d < dimension; d++) {
                int row = k + d * PANEL;
                FloatVector query = FloatVector.broadcast(FLOATS, q[qOffset + d]);
                a =
                        ((IntVector)
                                        ShortVector.fromArray(SHORTS, keys, row)
                                                .convertShape(VectorOperators.S2I, INTS, 0))
                                .lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                                .and(HalfWidening.BITS)
                                .reinterpretAsFloats()
                                .mul(HalfWidening.FACTOR)
                                .fma(query, a);
                b =
                        ((IntVector)
                                        ShortVector.fromArray(SHORTS, keys, row + LANES)
                                                .convertShape(VectorOperators.S2I, INTS, 0))
                                .lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                                .and(HalfWidening.BITS)
                                .reinterpretAsFloats()
                                .mul(HalfWidening.FACTOR)
                                .fma(query, b);
            }
            int to = scoresOffset + panel * PANEL;
            a.mul(factor).intoArray(scores, to);
            b.mul(factor).intoArray(scores, to + LANES);
        }
    }

    @Override
    public void context(
            float[] p,
            int pOffset,
            float[] values,
            int keys,
            int dimension,
            float factor,
            float[] sums,
            int sumsOffset) {
        int d = 0;
        for (; d <= dimension - 4 * LANES; d += 4 * LANES) {
            fourVectors(p, pOffset, values, d, keys, dimension, factor, sums, sumsOffset + d);
        }
        for (; d <= dimension - LANES; d += LANES) {
            oneVector(p, pOffset, values, d, keys, dimension, factor, sums, sumsOffset + d);
        }
        if (d < dimension) {
            rest(p, pOffset, values, d, keys, dimension, factor, sums, sumsOffset + d);
        }
    }

    private static void fourVectors(
            float[] p,
            int pOffset,
            float[] values,
            int offset,
            int keys,
            int stride,
            float factor,
            float[] sums,
            int sumsOffset) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = a0;
        FloatVector c0 = a0;
        FloatVector d0 = a0;
        FloatVector a1 = a0;
        FloatVector b1 = a0;
        FloatVector c1 = a0;
        FloatVector d1 = a0;
        int j = 0;
        for (; j < keys - 1; j += 2) {
            int row = offset + j * stride;
            FloatVector first = FloatVector.broadcast(FLOATS, p[pOffset + j]);
            a0 = FloatVector.fromArray(FLOATS, values, row).fma(first, a0);
            b0 = FloatVector.fromArray(FLOATS, values, row + LANES).fma(first, b0);
            c0 = FloatVector.fromArray(FLOATS, values, row + 2 * LANES).fma(first, c0);
            d0 = FloatVector.fromArray(FLOATS, values, row + 3 * LANES).fma(first, d0);
            int next = row + stride;
            FloatVector second = FloatVector.broadcast(FLOATS, p[pOffset + j + 1]);
            a1 = FloatVector.fromArray(FLOATS, values, next).fma(second, a1);
            b1 = FloatVector.fromArray(FLOATS, values, next + LANES).fma(second, b1);
            c1 = FloatVector.fromArray(FLOATS, values, next + 2 * LANES).fma(second, c1);
            d1 = FloatVector.fromArray(FLOATS, values, next + 3 * LANES).fma(second, d1);
        }
        if (j < keys) {
            int row = offset + j * stride;
            FloatVector last = FloatVector.broadcast(FLOATS, p[pOffset + j]);
            a0 = FloatVector.fromArray(FLOATS, values, row).fma(last, a0);
            b0 = FloatVector.fromArray(FLOATS, values, row + LANES).fma(last, b0);
            c0 = FloatVector.fromArray(FLOATS, values, row + 2 * LANES).fma(last, c0);
            d0 = FloatVector.fromArray(FLOATS, values, row + 3 * LANES).fma(last, d0);
        }
        a0.add(a1).mul(factor).intoArray(sums, sumsOffset);
        b0.add(b1).mul(factor).intoArray(sums, sumsOffset + LANES);
        c0.add(c1).mul(factor).intoArray(sums, sumsOffset + 2 * LANES);
        d0.add(d1).mul(factor).intoArray(sums, sumsOffset + 3 * LANES);
    }

    private static void oneVector(
            float[] p,
            int pOffset,
            float[] values,
            int offset,
            int keys,
            int stride,
            float factor,
            float[] sums,
            int sumsOffset) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0;
        int j = 0;
        for (; j < keys - 1; j += 2) {
            int row = offset + j * stride;
            FloatVector first = FloatVector.broadcast(FLOATS, p[pOffset + j]);
            a0 = FloatVector.fromArray(FLOATS, values, row).fma(first, a0);
            int next = row + stride;
            FloatVector second = FloatVector.broadcast(FLOATS, p[pOffset + j + 1]);
            a1 = FloatVector.fromArray(FLOATS, values, next).fma(second, a1);
        }
        if (j < keys) {
            int row = offset + j * stride;
            FloatVector last = FloatVector.broadcast(FLOATS, p[pOffset + j]);
            a0 = FloatVector.fromArray(FLOATS, values, row).fma(last, a0);
        }
        a0.add(a1).mul(factor).intoArray(sums, sumsOffset);
    }

    /** The channels that do not fill a vector. */
    private static void rest(
            float[] p,
            int pOffset,
            float[] values,
            int offset,
            int keys,
            int stride,
            float factor,
            float[] sums,
            int sumsOffset) {
        int channels = stride - offset;
        Arrays.fill(sums, sumsOffset, sumsOffset + channels, 0);
        for (int j = 0; j < keys; j++) {
            int row = offset + j * stride;
            for (int d = 0; d < channels; d++) {
                sums[sumsOffset + d] += p[pOffset + j] * values[row + d];
            }
        }
        for (int d = 0; d < channels; d++) {
            sums[sumsOffset + d] *= factor;
        }
    }

    @Override
    public void context(
            float[] p,
            int pOffset,
            short[] values,
            int keys,
            int dimension,
            float factor,
            float[] sums,
            int sumsOffset) {
        int d = 0;
        for (; d <= dimension - 4 * LANES; d += 4 * LANES) {
            fourVectors(p, pOffset, values, d, keys, dimension, factor, sums, sumsOffset + d);
        }
        for (; d <= dimension - LANES; d += LANES) {
            oneVector(p, pOffset, values, d, keys, dimension, factor, sums, sumsOffset + d);
        }
        if (d < dimension) {
            rest(p, pOffset, values, d, keys, dimension, factor, sums, sumsOffset + d);
        }
    }

    private static void fourVectors(
            float[] p,
            int pOffset,
            short[] values,
            int offset,
            int keys,
            int stride,
            float factor,
            float[] sums,
            int sumsOffset) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int j = 0; j < keys; j++) {
            int row = offset + j * stride;
            FloatVector probability = FloatVector.broadcast(FLOATS, p[pOffset + j]);
            a =
                    ((IntVector)
                                    ShortVector.fromArray(SHORTS, values, row)
                                            .convertShape(VectorOperators.S2I, INTS, 0))
                            .lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                            .and(HalfWidening.BITS)
                            .reinterpretAsFloats()
                            .mul(HalfWidening.FACTOR)
                            .fma(probability, a);
            b =
                    ((IntVector)
                                    ShortVector.fromArray(SHORTS, values, row + LANES)
                                            .convertShape(VectorOperators.S2I, INTS, 0))
                            .lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                            .and(HalfWidening.BITS)
                            .reinterpretAsFloats()
                            .mul(HalfWidening.FACTOR)
                            .fma(probability, b);
            c =
                    ((IntVector)
                                    ShortVector.fromArray(SHORTS, values, row + 2 * LANES)
                                            .convertShape(VectorOperators.S2I, INTS, 0))
                            .lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                            .and(HalfWidening.BITS)
                            .reinterpretAsFloats()
                            .mul(HalfWidening.FACTOR)
                            .fma(probability, c);
            d =
                    ((IntVector)
                                    ShortVector.fromArray(SHORTS, values, row + 3 * LANES)
                                            .convertShape(VectorOperators.S2I, INTS, 0))
                            .lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                            .and(HalfWidening.BITS)
                            .reinterpretAsFloats()
                            .mul(HalfWidening.FACTOR)
                            .fma(probability, d);
        }
        a.mul(factor).intoArray(sums, sumsOffset);
        b.mul(factor).intoArray(sums, sumsOffset + LANES);
        c.mul(factor).intoArray(sums, sumsOffset + 2 * LANES);
        d.mul(factor).intoArray(sums, sumsOffset + 3 * LANES);
    }

    private static void oneVector(
            float[] p,
            int pOffset,
            short[] values,
            int offset,
            int keys,
            int stride,
            float factor,
            float[] sums,
            int sumsOffset) {
        FloatVector a = FloatVector.zero(FLOATS);
        for (int j = 0; j < keys; j++) {
            int row = offset + j * stride;
            FloatVector probability = FloatVector.broadcast(FLOATS, p[pOffset + j]);
            a =
                    ((IntVector)
                                    ShortVector.fromArray(SHORTS, values, row)
                                            .convertShape(VectorOperators.S2I, INTS, 0))
                            .lanewise(VectorOperators.LSHL, HalfWidening.SHIFT)
                            .and(HalfWidening.BITS)
                            .reinterpretAsFloats()
                            .mul(HalfWidening.FACTOR)
                            .fma(probability, a);
        }
        a.mul(factor).intoArray(sums, sumsOffset);
    }

    /** The channels that do not fill a vector. */
    private static void rest(
            float[] p,
            int pOffset,
            short[] values,
            int offset,
            int keys,
            int stride,
            float factor,
            float[] sums,
            int sumsOffset) {
        int channels = stride - offset;
        Arrays.fill(sums, sumsOffset, sumsOffset + channels, 0);
        for (int j = 0; j < keys; j++) {
            int row = offset + j * stride;
            for (int d = 0; d < channels; d++) {
                sums[sumsOffset + d] += p[pOffset + j] * Float.float16ToFloat(values[row + d]);
            }
        }
        for (int d = 0; d < channels; d++) {
            sums[sumsOffset + d] *= factor;
        }
    }
}

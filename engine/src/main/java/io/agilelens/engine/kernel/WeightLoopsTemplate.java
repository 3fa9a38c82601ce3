package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link WeightLoops} for the width in its class data, see {@link WidthTemplate}. */
final class WeightLoopsTemplate implements WeightLoops {

    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(
                    float.class,
                    VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup())));

    private static final int LANES = FLOATS.length();

    @Override
    public void spreadErrors(
            float[] errors,
            int first,
            int end,
            float[] factor,
            int columns,
            int from,
            int to,
            float[] x,
            int rows) {
        int whole = FLOATS.loopBound(rows);
        for (int r = 0; r < whole; r += LANES) {
            int i = first;
            for (; i < end - 7; i += 8) {
                spreadEight(errors, i, factor, columns, from, to, x, rows, r);
            }
            for (; i < end; i++) {
                spreadOne(errors, i, factor, columns, from, to, x, rows, r);
            }
        }
        for (int i = first; i < end; i++) {
            for (int j = from; j < to; j++) {
                for (int r = whole; r < rows; r++) {
                    x[j * rows + r] -= errors[i * rows + r] * factor[i * columns + j];
                }
            }
        }
    }

    private static void spreadOne(
            float[] errors,
            int i,
            float[] factor,
            int columns,
            int from,
            int to,
            float[] x,
            int rows,
            int row) {
        FloatVector e = FloatVector.fromArray(FLOATS, errors, i * rows + row);
        for (int j = from; j < to; j++) {
            int at = j * rows + row;
            FloatVector.fromArray(FLOATS, x, at)
                    .sub(e.mul(factor[i * columns + j]))
                    .intoArray(x, at);
        }
    }

    /** One after the other, as eight calls of {@link #spreadOne} would. */
    private static void spreadEight(
            float[] errors,
            int i,
            float[] factor,
            int columns,
            int from,
            int to,
            float[] x,
            int rows,
            int row) {
        int e = i * rows + row;
        FloatVector e0 = FloatVector.fromArray(FLOATS, errors, e);
        FloatVector e1 = FloatVector.fromArray(FLOATS, errors, e + rows);
        FloatVector e2 = FloatVector.fromArray(FLOATS, errors, e + 2 * rows);
        FloatVector e3 = FloatVector.fromArray(FLOATS, errors, e + 3 * rows);
        FloatVector e4 = FloatVector.fromArray(FLOATS, errors, e + 4 * rows);
        FloatVector e5 = FloatVector.fromArray(FLOATS, errors, e + 5 * rows);
        FloatVector e6 = FloatVector.fromArray(FLOATS, errors, e + 6 * rows);
        FloatVector e7 = FloatVector.fromArray(FLOATS, errors, e + 7 * rows);
        for (int j = from; j < to; j++) {
            int at = j * rows + row;
            int f = i * columns + j;
            FloatVector v = FloatVector.fromArray(FLOATS, x, at);
            v = v.sub(e0.mul(factor[f]));
            v = v.sub(e1.mul(factor[f + columns]));
            v = v.sub(e2.mul(factor[f + 2 * columns]));
            v = v.sub(e3.mul(factor[f + 3 * columns]));
            v = v.sub(e4.mul(factor[f + 4 * columns]));
            v = v.sub(e5.mul(factor[f + 5 * columns]));
            v = v.sub(e6.mul(factor[f + 6 * columns]));
            v = v.sub(e7.mul(factor[f + 7 * columns]));
            v.intoArray(x, at);
        }
    }

    @Override
    public float smallest(float[] x, int offset, int count) {
        float smallest = Float.POSITIVE_INFINITY;
        int whole = FLOATS.loopBound(count);
        if (whole > 0) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, offset);
            for (int i = LANES; i < whole; i += LANES) {
                v = v.min(FloatVector.fromArray(FLOATS, x, offset + i));
            }
            smallest = v.reduceLanes(VectorOperators.MIN);
        }
        for (int i = whole; i < count; i++) {
            smallest = Math.min(smallest, x[offset + i]);
        }
        return smallest;
    }

    @Override
    public float largest(float[] x, int offset, int count) {
        float largest = Float.NEGATIVE_INFINITY;
        int whole = FLOATS.loopBound(count);
        if (whole > 0) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, offset);
            for (int i = LANES; i < whole; i += LANES) {
                v = v.max(FloatVector.fromArray(FLOATS, x, offset + i));
            }
            largest = v.reduceLanes(VectorOperators.MAX);
        }
        for (int i = whole; i < count; i++) {
            largest = Math.max(largest, x[offset + i]);
        }
        return largest;
    }

    @Override
    public void quantizeGroup(
            float[] x, int offset, int count, float scale, float zero, float most) {
        int whole = FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(FLOATS, x, offset + i)
                    .div(scale)
                    .add(ROUNDING)
                    .sub(ROUNDING)
                    .add(zero)
                    .max(0)
                    .min(most)
                    .sub(zero)
                    .mul(scale)
                    .intoArray(x, offset + i);
        }
        for (int i = offset + whole; i < offset + count; i++) {
            float code = x[i] / scale + ROUNDING - ROUNDING + zero;
            x[i] = (Math.min(Math.max(code, 0), most) - zero) * scale;
        }
    }
}

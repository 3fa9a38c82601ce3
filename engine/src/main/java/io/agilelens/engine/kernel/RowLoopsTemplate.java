package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link RowLoops} for the width in its class data, see {@link WidthTemplate}. */
final class RowLoopsTemplate implements RowLoops {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final int LANES = FLOATS.length();

    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

    /** Below this e^x is 0 in float32. */
    private static final float LEAST_EXPONENT = -104;

    /** e to this is still finite and so is one more. */
    private static final float GREATEST_EXPONENT = 88;

    private static final float LOG2_E = 1.44269504f;

    /** ln 2 in a part of few bits, whose multiples are exact, and the rest. */
    private static final float LN2_HIGH = 0x1.62e4p-1f;

    private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);

    /** Added and subtracted, rounds a float below 2^22 to the nearest integer. */
    private static final float ROUNDER = 0x1.8p23f;

    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    /** Makes every float up to 1 a normal number. */
    private static final float NORMALIZING = 0x1p64f;

    private static final int EXPONENT_BITS = 0xff << 23;

    /** Carries from a mantissa into the exponent if it is above √2. */
    private static final int BEYOND_SQUARE_ROOT_OF_TWO =
            (1 << 23) - 1 - (Float.floatToRawIntBits((float) Math.sqrt(2)) & ((1 << 23) - 1));

    /**
     * What does not fill a vector is made to fill one of its own, for masks cost more than copies.
     * It goes through the same call as all before it: of two calls of a long function the compiler
     * inlines one, and the other one makes an object of each vector.
     */
    private static final boolean[] WHOLE_THEN_REST = {true, false};

    /** To the nearest integer, half to even, below 2^22. */
    private static FloatVector round(FloatVector x) {
        return x.add(ROUNDER).sub(ROUNDER);
    }

    @Override
    public void rounded(float factor, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            round(FloatVector.fromArray(FLOATS, x, xOffset + i).mul(factor))
                    .intoArray(y, yOffset + i);
        }
        for (; i < length; i++) {
            y[yOffset + i] = (float) Math.rint(factor * x[xOffset + i]);
        }
    }

    /**
     * Adding to the bits what a mantissa above √2 lacks to the next power of two carries into the
     * exponent. Times 2^64 no number is subnormal.
     */
    @Override
    public void roundToPowersOfTwo(float[] x, int offset, int length, int largest) {
        int least = Float.floatToRawIntBits(Math.scalb(NORMALIZING, -largest));
        int bound = FLOATS.loopBound(length);
        for (int i = 0; i < bound; i += LANES) {
            IntVector atMostOne =
                    FloatVector.fromArray(FLOATS, x, offset + i)
                            .reinterpretAsInts()
                            .and(Integer.MAX_VALUE)
                            .min(Float.floatToRawIntBits(1));
            IntVector power =
                    atMostOne
                            .reinterpretAsFloats()
                            .mul(NORMALIZING)
                            .reinterpretAsInts()
                            .add(BEYOND_SQUARE_ROOT_OF_TWO)
                            .and(EXPONENT_BITS);
            power.blend(0, power.compare(VectorOperators.LT, least))
                    .reinterpretAsFloats()
                    .mul(1 / NORMALIZING)
                    .intoArray(x, offset + i);
        }
        if (bound < length) {
            // A whole vector of which only the first numbers matter.
            float[] rest = Scratch.ofThread().parts(LANES);
            System.arraycopy(x, offset + bound, rest, 0, length - bound);
            roundToPowersOfTwo(rest, 0, LANES, largest);
            System.arraycopy(rest, 0, x, offset + bound, length - bound);
        }
    }

    @Override
    public void roundToSteps(float[] x, int offset, int length, int steps) {
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            round(FloatVector.fromArray(FLOATS, x, offset + i).mul(steps))
                    .div(steps)
                    .intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] = (float) Math.rint(x[offset + i] * steps) / steps;
        }
    }

    /**
     * Rounds and clamps by way of {@link #ROUNDER}, in whose low bits the result is. Bits of floats
     * are ordered like integers, but for the negative ones, all of which are below the lower limit.
     */
    @Override
    public void encode(
            float[] x,
            int offset,
            int length,
            float[] steps,
            int zero,
            int low,
            int high,
            int middle,
            byte[] codes,
            int codesOffset) {
        int i = 0;
        for (; i <= length - BYTES.length(); i += LANES) {
            FloatVector code =
                    FloatVector.fromArray(FLOATS, x, offset + i)
                            .div(FloatVector.fromArray(FLOATS, steps, i))
                            .add(zero);
            IntVector number =
                    code.add(ROUNDER)
                            .reinterpretAsInts()
                            .max(ROUNDER_BITS + low)
                            .min(ROUNDER_BITS + high)
                            .blend(
                                    ROUNDER_BITS + middle,
                                    code.compare(VectorOperators.NE, code).cast(INTS))
                            .sub(ROUNDER_BITS + middle);
            ((ByteVector) number.convertShape(VectorOperators.I2B, BYTES, 0))
                    .intoArray(codes, codesOffset + i);
        }
        for (; i < length; i++) {
            double code = Math.rint(x[offset + i] / steps[i] + zero);
            codes[codesOffset + i] = (byte) (Math.max(low, Math.min(high, code)) - middle);
        }
    }

    /** As {@link #encode}, and back to numbers. */
    @Override
    public void quantize(
            float[] x,
            int offset,
            int length,
            float[] steps,
            float[] zeros,
            int low,
            int high,
            float[] y) {
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            FloatVector zero = FloatVector.fromArray(FLOATS, zeros, i);
            FloatVector code =
                    FloatVector.fromArray(FLOATS, x, offset + i)
                            .div(FloatVector.fromArray(FLOATS, steps, i))
                            .add(zero);
            code.add(ROUNDER)
                    .reinterpretAsInts()
                    .max(ROUNDER_BITS + low)
                    .min(ROUNDER_BITS + high)
                    .blend(ROUNDER_BITS, code.compare(VectorOperators.NE, code).cast(INTS))
                    .reinterpretAsFloats()
                    .sub(ROUNDER)
                    .sub(zero)
                    .mul(FloatVector.fromArray(FLOATS, steps, i))
                    .intoArray(y, offset + i);
        }
        for (; i < length; i++) {
            double code = Math.rint(x[offset + i] / steps[i] + zeros[i]);
            int clamped = (int) Math.max(low, Math.min(high, code));
            y[offset + i] = (clamped - zeros[i]) * steps[i];
        }
    }

    @Override
    public void extremes(float[] x, int offset, int length, float[] factors, float[] extremes) {
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = low;
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            FloatVector value =
                    FloatVector.fromArray(FLOATS, x, offset + i)
                            .mul(FloatVector.fromArray(FLOATS, factors, i));
            low = low.min(value);
            high = high.max(value);
        }
        extremes[0] = low.reduceLanes(VectorOperators.MIN);
        extremes[1] = high.reduceLanes(VectorOperators.MAX);
        for (; i < length; i++) {
            float value = x[offset + i] * factors[i];
            extremes[0] = Math.min(extremes[0], value);
            extremes[1] = Math.max(extremes[1], value);
        }
    }

    @Override
    public void rescale(
            float[] y,
            int offset,
            int length,
            float scale,
            float zero,
            float[] sums,
            float[] bias) {
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            FloatVector product =
                    FloatVector.fromArray(FLOATS, y, offset + i)
                            .sub(FloatVector.fromArray(FLOATS, sums, i).mul(zero))
                            .mul(scale);
            if (bias != null) {
                product = product.add(FloatVector.fromArray(FLOATS, bias, i));
            }
            product.intoArray(y, offset + i);
        }
        for (; i < length; i++) {
            float product = scale * (y[offset + i] - zero * sums[i]);
            y[offset + i] = bias == null ? product : product + bias[i];
        }
    }

    @Override
    public void addDistances(
            float[] x, int offset, int length, int[] positions, int position, float factor) {
        int bound = FLOATS.loopBound(length);
        int j = 0;
        for (; j < bound; j += LANES) {
            FloatVector distances =
                    (FloatVector)
                            IntVector.fromArray(INTS, positions, j)
                                    .sub(position)
                                    .convert(VectorOperators.I2F, 0);
            distances
                    .mul(factor)
                    .add(FloatVector.fromArray(FLOATS, x, offset + j))
                    .intoArray(x, offset + j);
        }
        for (; j < length; j++) {
            x[offset + j] += factor * (positions[j] - position);
        }
    }

    @Override
    public float largest(float[] x, int offset, int length) {
        FloatVector a = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= length - 4 * LANES; i += 4 * LANES) {
            a = a.max(FloatVector.fromArray(FLOATS, x, offset + i));
            b = b.max(FloatVector.fromArray(FLOATS, x, offset + i + LANES));
            c = c.max(FloatVector.fromArray(FLOATS, x, offset + i + 2 * LANES));
            d = d.max(FloatVector.fromArray(FLOATS, x, offset + i + 3 * LANES));
        }
        for (; i <= length - LANES; i += LANES) {
            a = a.max(FloatVector.fromArray(FLOATS, x, offset + i));
        }
        float result = a.max(b).max(c.max(d)).reduceLanes(VectorOperators.MAX);
        for (; i < length; i++) {
            result = Math.max(result, x[offset + i]);
        }
        return result;
    }

    @Override
    public float exponentials(float[] x, int offset, int length, float subtracted) {
        float[] lanes = Scratch.ofThread().parts(2 * LANES);
        Arrays.fill(lanes, 0, LANES, 0);
        int bound = FLOATS.loopBound(length);
        int rest = length - bound;
        System.arraycopy(x, offset + bound, lanes, LANES, rest);
        Arrays.fill(lanes, LANES + rest, 2 * LANES, Float.NEGATIVE_INFINITY);
        for (boolean whole : WHOLE_THEN_REST) {
            addExponentials(
                    whole ? x : lanes,
                    whole ? offset : LANES,
                    whole ? bound : rest,
                    subtracted,
                    lanes);
        }
        System.arraycopy(lanes, LANES, x, offset + bound, rest);
        return LaneSums.sum(lanes, 0, LANES);
    }

    /**
     * @param length rounded up to a multiple of the lanes
     * @param sums of each lane, that these are added to
     */
    private static void addExponentials(
            float[] x, int offset, int length, float subtracted, float[] sums) {
        FloatVector sum = FloatVector.fromArray(FLOATS, sums, 0);
        for (int i = 0; i < length; i += LANES) {
            FloatVector y = decay(FloatVector.fromArray(FLOATS, x, offset + i).sub(subtracted));
            y.intoArray(x, offset + i);
            sum = sum.add(y);
        }
        sum.intoArray(sums, 0);
    }

    /**
     * e^x of numbers that are not positive. The rounder carries 64 more into the exponent, which
     * leaves it normal until the last multiplication.
     */
    private static FloatVector decay(FloatVector x) {
        FloatVector rounded =
                x.fma(
                        FloatVector.broadcast(FLOATS, LOG2_E),
                        FloatVector.broadcast(FLOATS, ROUNDER + 64));
        FloatVector power =
                rounded.reinterpretAsInts()
                        .lanewise(VectorOperators.LSHL, 23)
                        .add(Float.floatToRawIntBits(1))
                        .reinterpretAsFloats();
        return series(x, rounded.sub(ROUNDER + 64))
                .mul(power)
                .mul(1 / NORMALIZING)
                .blend(0, x.compare(VectorOperators.LT, LEAST_EXPONENT));
    }

    /**
     * e^x divided by 2^twos, by its Taylor series around the nearest multiple of ln 2, which is at
     * most 0.35 away: the eighth power left out is below 6·10^-9.
     */
    private static FloatVector series(FloatVector x, FloatVector twos) {
        FloatVector rest =
                twos.fma(
                        FloatVector.broadcast(FLOATS, -LN2_LOW),
                        twos.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), x));
        FloatVector series =
                rest.fma(
                        FloatVector.broadcast(FLOATS, 1 / 5040f),
                        FloatVector.broadcast(FLOATS, 1 / 720f));
        series = series.fma(rest, FloatVector.broadcast(FLOATS, 1 / 120f));
        series = series.fma(rest, FloatVector.broadcast(FLOATS, 1 / 24f));
        series = series.fma(rest, FloatVector.broadcast(FLOATS, 1 / 6f));
        series = series.fma(rest, FloatVector.broadcast(FLOATS, 0.5f));
        series = series.fma(rest, FloatVector.broadcast(FLOATS, 1));
        return series.fma(rest, FloatVector.broadcast(FLOATS, 1));
    }

    /** The power of two is applied in halves, so that results may be subnormal. */
    private static FloatVector exponential(FloatVector x) {
        FloatVector bounded = x.max(LEAST_EXPONENT).min(GREATEST_EXPONENT);
        FloatVector rounded =
                bounded.fma(
                        FloatVector.broadcast(FLOATS, LOG2_E),
                        FloatVector.broadcast(FLOATS, ROUNDER));
        FloatVector series = series(bounded, rounded.sub(ROUNDER));
        IntVector exponent = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return series.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        int i = 0;
        for (; i <= length - 2 * LANES; i += 2 * LANES) {
            a = a.add(FloatVector.fromArray(FLOATS, x, offset + i));
            b = b.add(FloatVector.fromArray(FLOATS, x, offset + i + LANES));
        }
        float[] lanes = Scratch.ofThread().parts(LANES);
        a.add(b).intoArray(lanes, 0);
        float result = LaneSums.sum(lanes, 0, LANES);
        for (; i < length; i++) {
            result += x[offset + i];
        }
        return result;
    }

    @Override
    public float squares(float[] x, int offset, int length, float mean) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        int i = 0;
        for (; i <= length - 2 * LANES; i += 2 * LANES) {
            FloatVector first = FloatVector.fromArray(FLOATS, x, offset + i).sub(mean);
            FloatVector second = FloatVector.fromArray(FLOATS, x, offset + i + LANES).sub(mean);
            a = first.fma(first, a);
            b = second.fma(second, b);
        }
        float[] lanes = Scratch.ofThread().parts(LANES);
        a.add(b).intoArray(lanes, 0);
        float result = LaneSums.sum(lanes, 0, LANES);
        for (; i < length; i++) {
            float difference = x[offset + i] - mean;
            result += difference * difference;
        }
        return result;
    }

    @Override
    public void normalize(
            float[] x,
            int offset,
            int length,
            float mean,
            float factor,
            float[] weight,
            float[] y) {
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            FloatVector.fromArray(FLOATS, x, offset + i)
                    .sub(mean)
                    .mul(factor)
                    .mul(FloatVector.fromArray(FLOATS, weight, i))
                    .intoArray(y, offset + i);
        }
        for (; i < length; i++) {
            y[offset + i] = weight[i] * ((x[offset + i] - mean) * factor);
        }
    }

    @Override
    public void scale(float factor, float[] x, int offset, int length) {
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            FloatVector.fromArray(FLOATS, x, offset + i).mul(factor).intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] *= factor;
        }
    }

    @Override
    public void scaled(float factor, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromArray(FLOATS, x, xOffset + i).mul(factor).intoArray(y, yOffset + i);
        }
        for (; i < length; i++) {
            y[yOffset + i] = factor * x[xOffset + i];
        }
    }

    @Override
    public void rotate(
            float[] x, int a, int b, float[] cosines, float[] sines, int angles, int length) {
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            FloatVector cosine = FloatVector.fromArray(FLOATS, cosines, angles + i);
            FloatVector sine = FloatVector.fromArray(FLOATS, sines, angles + i);
            FloatVector first = FloatVector.fromArray(FLOATS, x, a + i);
            FloatVector second = FloatVector.fromArray(FLOATS, x, b + i);
            first.mul(cosine).sub(second.mul(sine)).intoArray(x, a + i);
            second.mul(cosine).add(first.mul(sine)).intoArray(x, b + i);
        }
        for (; i < length; i++) {
            float first = x[a + i];
            float second = x[b + i];
            x[a + i] = first * cosines[angles + i] - second * sines[angles + i];
            x[b + i] = second * cosines[angles + i] + first * sines[angles + i];
        }
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int from, int to) {
        float[] rest = Scratch.ofThread().parts(2 * LANES);
        int count = (to - from) % LANES;
        System.arraycopy(gate, to - count, rest, 0, count);
        System.arraycopy(up, to - count, rest, LANES, count);
        for (boolean whole : WHOLE_THEN_REST) {
            multiplyBySilu(
                    whole ? gate : rest,
                    whole ? from : 0,
                    whole ? up : rest,
                    whole ? from : LANES,
                    whole ? to - from - count : count);
        }
        System.arraycopy(rest, 0, gate, to - count, count);
    }

    /**
     * @param length rounded up to a multiple of the lanes
     */
    private static void multiplyBySilu(
            float[] gate, int gateOffset, float[] up, int upOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector x = FloatVector.fromArray(FLOATS, gate, gateOffset + i);
            timesSigmoid(x, x)
                    .mul(FloatVector.fromArray(FLOATS, up, upOffset + i))
                    .intoArray(gate, gateOffset + i);
        }
    }

    @Override
    public void geluTanh(float[] x, int from, int to) {
        float[] rest = Scratch.ofThread().parts(LANES);
        int count = (to - from) % LANES;
        System.arraycopy(x, to - count, rest, 0, count);
        for (boolean whole : WHOLE_THEN_REST) {
            gelu(whole ? x : rest, whole ? from : 0, whole ? to - from - count : count);
        }
        System.arraycopy(rest, 0, x, to - count, count);
    }

    /**
     * @param length rounded up to a multiple of the lanes
     */
    private static void gelu(float[] x, int offset, int length) {
        for (int i = 0; i < length; i += LANES) {
            gelu(FloatVector.fromArray(FLOATS, x, offset + i)).intoArray(x, offset + i);
        }
    }

    /** {@code 0.5 · x · (1 + tanh u) = x · sigmoid(2u)}. */
    private static FloatVector gelu(FloatVector x) {
        FloatVector square = x.mul(x);
        FloatVector inner =
                square.fma(
                                FloatVector.broadcast(FLOATS, ScalarKernels.GELU_CUBE),
                                FloatVector.broadcast(FLOATS, 1))
                        .mul(x);
        return timesSigmoid(x, inner.mul(2 * ScalarKernels.GELU_FACTOR));
    }

    private static FloatVector timesSigmoid(FloatVector factor, FloatVector x) {
        return factor.div(exponential(x.neg()).add(1));
    }

    @Override
    public void relu(float[] x, int from, int to) {
        int i = from;
        for (; i <= to - LANES; i += LANES) {
            FloatVector.fromArray(FLOATS, x, i).max(0).intoArray(x, i);
        }
        for (; i < to; i++) {
            x[i] = Math.max(x[i], 0);
        }
    }

    @Override
    public void add(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = FLOATS.loopBound(length);
        int i = 0;
        for (; i < bound; i += LANES) {
            FloatVector.fromArray(FLOATS, x, xOffset + i)
                    .add(FloatVector.fromArray(FLOATS, y, yOffset + i))
                    .intoArray(x, xOffset + i);
        }
        for (; i < length; i++) {
            x[xOffset + i] += y[yOffset + i];
        }
    }
}

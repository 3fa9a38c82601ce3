package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link WeightOnlyProducts} for the width in its class data, see {@link WidthTemplate}. */
final class WeightOnlyProductsTemplate implements WeightOnlyProducts {

    private static final VectorShape SHAPE =
            VectorShape.forBitSize(WidthTemplate.bits(MethodHandles.lookup()));

    /** Whether the next panel is touched instead of what comes next in this one. */
    private static final boolean FAR = WidthTemplate.readsFar(MethodHandles.lookup());

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final int LANES = FLOATS.length();

    /** At least a byte a lane; the smallest vector there is has eight. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

    /** Two bytes a lane. */
    private static final VectorSpecies<Byte> BYTE_PAIRS =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(16 * LANES));

    /** A vector of floats as bytes. */
    private static final VectorSpecies<Byte> FLOAT_BYTES = VectorSpecies.of(byte.class, SHAPE);

    private static final int LOW_HALF = 0xF;

    @Override
    public int panelOutputs() {
        return VECTORS * LANES;
    }

    // Methods that return vectors would be fewer lines, but the compiler stops inlining them where
    // there are many, and then every vector is an object.

    @Override
    public int multiplyPairs(
            byte[] stream,
            int offset,
            int panelBytes,
            float[] x,
            int[] groupStarts,
            float[] totals,
            float[] sums) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int touched = 0;
        int codes = offset;
        for (int group = 0; group < groupStarts.length - 1; group++) {
            int first = groupStarts[group];
            int steps = groupStarts[group + 1] - first;
            FloatVector low = FloatVector.zero(FLOATS);
            FloatVector both = low;
            FloatVector nextLow = low;
            FloatVector nextBoth = low;
            int touch = offset + panelBytes + (codes - offset) / 4; // a quarter of what is read
            for (int i = 0; i < steps; i++) {
                int w = codes + i * 2 * LANES;
                touched |=
                        stream[
                                FAR
                                        ? touch + ReadAhead.touch(i, 2 * LANES, panelBytes)
                                        : w + ReadAhead.DISTANCE];
                FloatVector activation = FloatVector.broadcast(FLOATS, x[first + i]);
                IntVector pairs =
                        (IntVector)
                                ByteVector.fromArray(BYTES, stream, w)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                low =
                        ((FloatVector) pairs.and(LOW_HALF).convert(VectorOperators.I2F, 0))
                                .fma(activation, low);
                both = ((FloatVector) pairs.convert(VectorOperators.I2F, 0)).fma(activation, both);
                IntVector nextPairs =
                        (IntVector)
                                ByteVector.fromArray(BYTES, stream, w + LANES)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                nextLow =
                        ((FloatVector) nextPairs.and(LOW_HALF).convert(VectorOperators.I2F, 0))
                                .fma(activation, nextLow);
                nextBoth =
                        ((FloatVector) nextPairs.convert(VectorOperators.I2F, 0))
                                .fma(activation, nextBoth);
            }
            int zeros = codes + steps * 2 * LANES;
            FloatVector less = FloatVector.broadcast(FLOATS, -totals[group]);
            IntVector pairs =
                    (IntVector)
                            ByteVector.fromArray(BYTES, stream, zeros)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            IntVector nextPairs =
                    (IntVector)
                            ByteVector.fromArray(BYTES, stream, zeros + LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            low =
                    ((FloatVector) pairs.and(LOW_HALF).convert(VectorOperators.I2F, 0))
                            .fma(less, low);
            both = ((FloatVector) pairs.convert(VectorOperators.I2F, 0)).fma(less, both);
            nextLow =
                    ((FloatVector) nextPairs.and(LOW_HALF).convert(VectorOperators.I2F, 0))
                            .fma(less, nextLow);
            nextBoth =
                    ((FloatVector) nextPairs.convert(VectorOperators.I2F, 0)).fma(less, nextBoth);
            int scales = zeros + 2 * LANES;
            IntVector scale0 =
                    (IntVector)
                            ByteVector.fromArray(BYTE_PAIRS, stream, scales)
                                    .reinterpretAsShorts()
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            IntVector scale1 =
                    (IntVector)
                            ByteVector.fromArray(BYTE_PAIRS, stream, scales + 2 * LANES)
                                    .reinterpretAsShorts()
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            IntVector scale2 =
                    (IntVector)
                            ByteVector.fromArray(BYTE_PAIRS, stream, scales + 4 * LANES)
                                    .reinterpretAsShorts()
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            IntVector scale3 =
                    (IntVector)
                            ByteVector.fromArray(BYTE_PAIRS, stream, scales + 6 * LANES)
                                    .reinterpretAsShorts()
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            sum0 = low.fma((FloatVector) scale0.convert(VectorOperators.I2F, 0), sum0);
            sum1 = both.sub(low).fma((FloatVector) scale1.convert(VectorOperators.I2F, 0), sum1);
            sum2 = nextLow.fma((FloatVector) scale2.convert(VectorOperators.I2F, 0), sum2);
            sum3 =
                    nextBoth.sub(nextLow)
                            .fma((FloatVector) scale3.convert(VectorOperators.I2F, 0), sum3);
            codes = scales + VECTORS * 2 * LANES;
        }
        sum0.intoArray(sums, 0);
        sum1.intoArray(sums, LANES);
        sum2.intoArray(sums, 2 * LANES);
        sum3.intoArray(sums, 3 * LANES);
        return touched;
    }

    @Override
    public int multiplyBytes(
            byte[] stream,
            int offset,
            int panelBytes,
            float[] x,
            int[] groupStarts,
            float[] totals,
            float[] sums) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int touched = 0;
        int codes = offset;
        for (int group = 0; group < groupStarts.length - 1; group++) {
            int first = groupStarts[group];
            int steps = groupStarts[group + 1] - first;
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            int touch = offset + panelBytes + (codes - offset) / 4; // a quarter of what is read
            for (int i = 0; i < steps; i++) {
                int w = codes + i * VECTORS * LANES;
                touched |=
                        stream[
                                FAR
                                        ? touch + ReadAhead.touch(i, VECTORS * LANES, panelBytes)
                                        : w + ReadAhead.DISTANCE];
                FloatVector activation = FloatVector.broadcast(FLOATS, x[first + i]);
                IntVector codeA =
                        (IntVector)
                                ByteVector.fromArray(BYTES, stream, w)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                a = ((FloatVector) codeA.convert(VectorOperators.I2F, 0)).fma(activation, a);
                IntVector codeB =
                        (IntVector)
                                ByteVector.fromArray(BYTES, stream, w + LANES)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                b = ((FloatVector) codeB.convert(VectorOperators.I2F, 0)).fma(activation, b);
                IntVector codeC =
                        (IntVector)
                                ByteVector.fromArray(BYTES, stream, w + 2 * LANES)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                c = ((FloatVector) codeC.convert(VectorOperators.I2F, 0)).fma(activation, c);
                IntVector codeD =
                        (IntVector)
                                ByteVector.fromArray(BYTES, stream, w + 3 * LANES)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                d = ((FloatVector) codeD.convert(VectorOperators.I2F, 0)).fma(activation, d);
            }
            int zeros = codes + steps * VECTORS * LANES;
            FloatVector less = FloatVector.broadcast(FLOATS, -totals[group]);
            IntVector zeroA =
                    (IntVector)
                            ByteVector.fromArray(BYTES, stream, zeros)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            a = ((FloatVector) zeroA.convert(VectorOperators.I2F, 0)).fma(less, a);
            IntVector zeroB =
                    (IntVector)
                            ByteVector.fromArray(BYTES, stream, zeros + LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            b = ((FloatVector) zeroB.convert(VectorOperators.I2F, 0)).fma(less, b);
            IntVector zeroC =
                    (IntVector)
                            ByteVector.fromArray(BYTES, stream, zeros + 2 * LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            c = ((FloatVector) zeroC.convert(VectorOperators.I2F, 0)).fma(less, c);
            IntVector zeroD =
                    (IntVector)
                            ByteVector.fromArray(BYTES, stream, zeros + 3 * LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            d = ((FloatVector) zeroD.convert(VectorOperators.I2F, 0)).fma(less, d);
            int scales = zeros + VECTORS * LANES;
            IntVector scale0 =
                    (IntVector)
                            ByteVector.fromArray(BYTE_PAIRS, stream, scales)
                                    .reinterpretAsShorts()
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            sum0 = a.fma((FloatVector) scale0.convert(VectorOperators.I2F, 0), sum0);
            IntVector scale1 =
                    (IntVector)
                            ByteVector.fromArray(BYTE_PAIRS, stream, scales + 2 * LANES)
                                    .reinterpretAsShorts()
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            sum1 = b.fma((FloatVector) scale1.convert(VectorOperators.I2F, 0), sum1);
            IntVector scale2 =
                    (IntVector)
                            ByteVector.fromArray(BYTE_PAIRS, stream, scales + 4 * LANES)
                                    .reinterpretAsShorts()
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            sum2 = c.fma((FloatVector) scale2.convert(VectorOperators.I2F, 0), sum2);
            IntVector scale3 =
                    (IntVector)
                            ByteVector.fromArray(BYTE_PAIRS, stream, scales + 6 * LANES)
                                    .reinterpretAsShorts()
                                    .convertShape(VectorOperators.S2I, INTS, 0);
            sum3 = d.fma((FloatVector) scale3.convert(VectorOperators.I2F, 0), sum3);
            codes = scales + VECTORS * 2 * LANES;
        }
        sum0.intoArray(sums, 0);
        sum1.intoArray(sums, LANES);
        sum2.intoArray(sums, 2 * LANES);
        sum3.intoArray(sums, 3 * LANES);
        return touched;
    }

    @Override
    public void toNumbers(int bits, byte[] stream, int unitsOffset, float[] sums) {
        float ofHighHalves = bits == 4 ? 1f / 16 : 1;
        for (int vector = 0; vector < VECTORS; vector++) {
            int at = vector * LANES;
            FloatVector.fromArray(FLOATS, sums, at)
                    .mul(
                            ByteVector.fromArray(
                                            FLOAT_BYTES, stream, unitsOffset + at * Float.BYTES)
                                    .reinterpretAsFloats()
                                    .mul(vector % 2 == 0 ? 1 : ofHighHalves))
                    .intoArray(sums, at);
        }
    }

    @Override
    public int multiplyIntegers(
            byte[] codes,
            int offset,
            int panelBytes,
            float[] x,
            Segments segments,
            float[] totals,
            byte[] zeroPoints,
            int zeroPointsOffset,
            float[] scales,
            int scalesOffset,
            float[] sums) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int touched = 0;
        int[] starts = segments.starts();
        for (int segment = 0; segment < starts.length - 1; segment++) {
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            int end = starts[segment + 1];
            for (int i = starts[segment]; i < end; i++) {
                int w = offset + i * VECTORS * LANES;
                touched |=
                        codes[
                                FAR
                                        ? offset
                                                + panelBytes
                                                + ReadAhead.touch(i, VECTORS * LANES, panelBytes)
                                        : w + ReadAhead.DISTANCE];
                FloatVector activation = FloatVector.broadcast(FLOATS, x[i]);
                IntVector codeA =
                        (IntVector)
                                ByteVector.fromArray(BYTES, codes, w)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                a = ((FloatVector) codeA.convert(VectorOperators.I2F, 0)).fma(activation, a);
                IntVector codeB =
                        (IntVector)
                                ByteVector.fromArray(BYTES, codes, w + LANES)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                b = ((FloatVector) codeB.convert(VectorOperators.I2F, 0)).fma(activation, b);
                IntVector codeC =
                        (IntVector)
                                ByteVector.fromArray(BYTES, codes, w + 2 * LANES)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                c = ((FloatVector) codeC.convert(VectorOperators.I2F, 0)).fma(activation, c);
                IntVector codeD =
                        (IntVector)
                                ByteVector.fromArray(BYTES, codes, w + 3 * LANES)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
                d = ((FloatVector) codeD.convert(VectorOperators.I2F, 0)).fma(activation, d);
            }
            int ofGroup = segments.groups()[segment] * VECTORS * LANES;
            int zeros = zeroPointsOffset + ofGroup;
            FloatVector less = FloatVector.broadcast(FLOATS, -totals[segment]);
            IntVector zeroA =
                    (IntVector)
                            ByteVector.fromArray(BYTES, zeroPoints, zeros)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            a = ((FloatVector) zeroA.convert(VectorOperators.I2F, 0)).fma(less, a);
            IntVector zeroB =
                    (IntVector)
                            ByteVector.fromArray(BYTES, zeroPoints, zeros + LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            b = ((FloatVector) zeroB.convert(VectorOperators.I2F, 0)).fma(less, b);
            IntVector zeroC =
                    (IntVector)
                            ByteVector.fromArray(BYTES, zeroPoints, zeros + 2 * LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            c = ((FloatVector) zeroC.convert(VectorOperators.I2F, 0)).fma(less, c);
            IntVector zeroD =
                    (IntVector)
                            ByteVector.fromArray(BYTES, zeroPoints, zeros + 3 * LANES)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            d = ((FloatVector) zeroD.convert(VectorOperators.I2F, 0)).fma(less, d);
            int scale = scalesOffset + ofGroup;
            FloatVector unit = FloatVector.broadcast(FLOATS, 1 << segments.shifts()[segment]);
            sum0 = a.mul(unit).fma(FloatVector.fromArray(FLOATS, scales, scale), sum0);
            sum1 = b.mul(unit).fma(FloatVector.fromArray(FLOATS, scales, scale + LANES), sum1);
            sum2 = c.mul(unit).fma(FloatVector.fromArray(FLOATS, scales, scale + 2 * LANES), sum2);
            sum3 = d.mul(unit).fma(FloatVector.fromArray(FLOATS, scales, scale + 3 * LANES), sum3);
        }
        sum0.intoArray(sums, 0);
        sum1.intoArray(sums, LANES);
        sum2.intoArray(sums, 2 * LANES);
        sum3.intoArray(sums, 3 * LANES);
        return touched;
    }

    @Override
    public void unpack(
            int bits,
            byte[] stream,
            int offset,
            int zeroOffset,
            int steps,
            int vector,
            int unitsOffset,
            float[] target,
            int targetOffset,
            int stride) {
        int bytesPerInput = VECTORS * LANES * bits / 8;
        int first = bits == 4 ? vector / 2 * LANES : vector * LANES;
        int shift = bits == 4 ? vector % 2 * 4 : 0;
        int mask = (1 << bits) - 1;
        IntVector zero =
                ((IntVector)
                                ByteVector.fromArray(BYTES, stream, zeroOffset + first)
                                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0))
                        .lanewise(VectorOperators.LSHR, shift)
                        .and(mask);
        IntVector scales =
                (IntVector)
                        ByteVector.fromArray(
                                        BYTE_PAIRS,
                                        stream,
                                        zeroOffset + bytesPerInput + 2 * vector * LANES)
                                .reinterpretAsShorts()
                                .convertShape(VectorOperators.S2I, INTS, 0);
        FloatVector scale =
                ((FloatVector) scales.convert(VectorOperators.I2F, 0))
                        .mul(
                                ByteVector.fromArray(
                                                FLOAT_BYTES,
                                                stream,
                                                unitsOffset + vector * LANES * Float.BYTES)
                                        .reinterpretAsFloats());
        for (int i = 0; i < steps; i++) {
            IntVector code =
                    ((IntVector)
                                    ByteVector.fromArray(
                                                    BYTES,
                                                    stream,
                                                    offset + i * bytesPerInput + first)
                                            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0))
                            .lanewise(VectorOperators.LSHR, shift)
                            .and(mask)
                            .sub(zero);
            ((FloatVector) code.convert(VectorOperators.I2F, 0))
                    .mul(scale)
                    .intoArray(target, targetOffset + i * stride);
        }
    }
}

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

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

    private static final int LANES = FLOATS.length();

    /** At least a byte a lane; the smallest vector there is has eight. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

    /** Two bytes a lane. */
    private static final VectorSpecies<Byte> BYTE_PAIRS =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(16 * LANES));

    private static final int LOW_HALF = 0xF;

    @Override
    public int panelOutputs() {
        return VECTORS * LANES;
    }

    // Methods that return vectors would be fewer lines, but the compiler stops inlining them where
    // there are many, and then every vector is an object.

    @Override
    public int multiplyPairs(
            byte[] stream, int offset, float[] x, int[] groupStarts, float[] totals, float[] sums) {
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
            for (int i = 0; i < steps; i++) {
                int w = codes + i * 2 * LANES;
                touched |= stream[w + READ_AHEAD];
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
    public int addBytes(
            byte[] codes,
            int offset,
            float[] x,
            int xOffset,
            int steps,
            float[] parts,
            int partsOffset) {
        FloatVector a = FloatVector.fromArray(FLOATS, parts, partsOffset);
        FloatVector b = FloatVector.fromArray(FLOATS, parts, partsOffset + LANES);
        FloatVector c = FloatVector.fromArray(FLOATS, parts, partsOffset + 2 * LANES);
        FloatVector d = FloatVector.fromArray(FLOATS, parts, partsOffset + 3 * LANES);
        int touched = 0;
        for (int i = 0; i < steps; i++) {
            int w = offset + i * VECTORS * LANES;
            touched |= codes[w + READ_AHEAD];
            FloatVector activation = FloatVector.broadcast(FLOATS, x[xOffset + i]);
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
        a.intoArray(parts, partsOffset);
        b.intoArray(parts, partsOffset + LANES);
        c.intoArray(parts, partsOffset + 2 * LANES);
        d.intoArray(parts, partsOffset + 3 * LANES);
        return touched;
    }

    @Override
    public void addByteGroup(
            byte[] stream,
            int offset,
            float activations,
            float[] parts,
            float[] sums,
            int partsOffset) {
        int scales = offset + VECTORS * LANES;
        for (int vector = 0; vector < VECTORS; vector++) {
            addByteVector(
                    stream,
                    offset + vector * LANES,
                    scales + 2 * vector * LANES,
                    activations,
                    parts,
                    sums,
                    partsOffset + vector * LANES);
        }
    }

    private static void addByteVector(
            byte[] stream,
            int zeros,
            int scale,
            float activations,
            float[] parts,
            float[] sums,
            int at) {
        IntVector zeroPoints =
                (IntVector)
                        ByteVector.fromArray(BYTES, stream, zeros)
                                .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        IntVector scales =
                (IntVector)
                        ByteVector.fromArray(BYTE_PAIRS, stream, scale)
                                .reinterpretAsShorts()
                                .convertShape(VectorOperators.S2I, INTS, 0);
        ((FloatVector) zeroPoints.convert(VectorOperators.I2F, 0))
                .fma(
                        FloatVector.broadcast(FLOATS, -activations),
                        FloatVector.fromArray(FLOATS, parts, at))
                .fma(
                        (FloatVector) scales.convert(VectorOperators.I2F, 0),
                        FloatVector.fromArray(FLOATS, sums, at))
                .intoArray(sums, at);
        FloatVector.zero(FLOATS).intoArray(parts, at);
    }

    @Override
    public void addSegment(
            byte[] zeroPoints,
            int offset,
            float activations,
            float[] scales,
            int scalesOffset,
            float factor,
            float[] parts,
            float[] sums,
            int partsOffset) {
        FloatVector less = FloatVector.broadcast(FLOATS, -activations);
        for (int o = 0; o < VECTORS * LANES; o += LANES) {
            IntVector zero =
                    (IntVector)
                            ByteVector.fromArray(BYTES, zeroPoints, offset + o)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            ((FloatVector) zero.convert(VectorOperators.I2F, 0))
                    .fma(less, FloatVector.fromArray(FLOATS, parts, partsOffset + o))
                    .mul(factor)
                    .fma(
                            FloatVector.fromArray(FLOATS, scales, scalesOffset + o),
                            FloatVector.fromArray(FLOATS, sums, partsOffset + o))
                    .intoArray(sums, partsOffset + o);
            FloatVector.zero(FLOATS).intoArray(parts, partsOffset + o);
        }
    }

    @Override
    public void unpack(
            int bits,
            byte[] stream,
            int offset,
            int zeroOffset,
            int steps,
            int vector,
            float[] units,
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
                        .mul(FloatVector.fromArray(FLOATS, units, unitsOffset));
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

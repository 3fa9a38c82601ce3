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

    @Override
    public int addCodes(
            int bits,
            byte[] stream,
            int offset,
            float[] x,
            int xOffset,
            int steps,
            float[] parts,
            int partsOffset) {
        return bits == 4
                ? addPairs(stream, offset, x, xOffset, steps, parts, partsOffset)
                : addBytes(stream, offset, x, xOffset, steps, parts, partsOffset);
    }

    private static int addPairs(
            byte[] stream, int offset, float[] x, int xOffset, int steps, float[] parts, int at) {
        FloatVector low = FloatVector.fromArray(FLOATS, parts, at);
        FloatVector both = FloatVector.fromArray(FLOATS, parts, at + LANES);
        FloatVector nextLow = FloatVector.fromArray(FLOATS, parts, at + 2 * LANES);
        FloatVector nextBoth = FloatVector.fromArray(FLOATS, parts, at + 3 * LANES);
        int touched = 0;
        for (int i = 0; i < steps; i++) {
            int w = offset + i * 2 * LANES;
            touched |= stream[w + READ_AHEAD];
            FloatVector activation = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            IntVector pairs = codes(stream, w);
            IntVector nextPairs = codes(stream, w + LANES);
            low = floats(pairs.and(LOW_HALF)).fma(activation, low);
            both = floats(pairs).fma(activation, both);
            nextLow = floats(nextPairs.and(LOW_HALF)).fma(activation, nextLow);
            nextBoth = floats(nextPairs).fma(activation, nextBoth);
        }
        low.intoArray(parts, at);
        both.intoArray(parts, at + LANES);
        nextLow.intoArray(parts, at + 2 * LANES);
        nextBoth.intoArray(parts, at + 3 * LANES);
        return touched;
    }

    private static int addBytes(
            byte[] stream, int offset, float[] x, int xOffset, int steps, float[] parts, int at) {
        FloatVector a = FloatVector.fromArray(FLOATS, parts, at);
        FloatVector b = FloatVector.fromArray(FLOATS, parts, at + LANES);
        FloatVector c = FloatVector.fromArray(FLOATS, parts, at + 2 * LANES);
        FloatVector d = FloatVector.fromArray(FLOATS, parts, at + 3 * LANES);
        int touched = 0;
        for (int i = 0; i < steps; i++) {
            int w = offset + i * VECTORS * LANES;
            touched |= stream[w + READ_AHEAD];
            FloatVector activation = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            a = floats(codes(stream, w)).fma(activation, a);
            b = floats(codes(stream, w + LANES)).fma(activation, b);
            c = floats(codes(stream, w + 2 * LANES)).fma(activation, c);
            d = floats(codes(stream, w + 3 * LANES)).fma(activation, d);
        }
        a.intoArray(parts, at);
        b.intoArray(parts, at + LANES);
        c.intoArray(parts, at + 2 * LANES);
        d.intoArray(parts, at + 3 * LANES);
        return touched;
    }

    @Override
    public void addGroup(
            int bits,
            byte[] stream,
            int offset,
            float activations,
            float[] parts,
            float[] sums,
            int partsOffset) {
        int scales = offset + VECTORS * LANES * bits / 8;
        for (int vector = 0; vector < VECTORS; vector += 2) {
            int at = partsOffset + vector * LANES;
            int scale = scales + 2 * vector * LANES;
            if (bits == 4) {
                int zeros = offset + vector / 2 * LANES;
                addPairedGroup(stream, zeros, scale, activations, parts, sums, at);
            } else {
                int zeros = offset + vector * LANES;
                addByteGroup(stream, zeros, scale, activations, parts, sums, at);
                addByteGroup(
                        stream,
                        zeros + LANES,
                        scale + 2 * LANES,
                        activations,
                        parts,
                        sums,
                        at + LANES);
            }
        }
    }

    private static void addPairedGroup(
            byte[] stream,
            int zeros,
            int scale,
            float activations,
            float[] parts,
            float[] sums,
            int at) {
        FloatVector less = FloatVector.broadcast(FLOATS, -activations);
        IntVector pairs = codes(stream, zeros);
        FloatVector low =
                floats(pairs.and(LOW_HALF)).fma(less, FloatVector.fromArray(FLOATS, parts, at));
        FloatVector both =
                floats(pairs).fma(less, FloatVector.fromArray(FLOATS, parts, at + LANES));
        low.fma(scales(stream, scale), FloatVector.fromArray(FLOATS, sums, at)).intoArray(sums, at);
        both.sub(low)
                .fma(
                        scales(stream, scale + 2 * LANES),
                        FloatVector.fromArray(FLOATS, sums, at + LANES))
                .intoArray(sums, at + LANES);
        FloatVector.zero(FLOATS).intoArray(parts, at);
        FloatVector.zero(FLOATS).intoArray(parts, at + LANES);
    }

    private static void addByteGroup(
            byte[] stream,
            int zeros,
            int scale,
            float activations,
            float[] parts,
            float[] sums,
            int at) {
        floats(codes(stream, zeros))
                .fma(
                        FloatVector.broadcast(FLOATS, -activations),
                        FloatVector.fromArray(FLOATS, parts, at))
                .fma(scales(stream, scale), FloatVector.fromArray(FLOATS, sums, at))
                .intoArray(sums, at);
        FloatVector.zero(FLOATS).intoArray(parts, at);
    }

    @Override
    public void addSegment(
            int bits,
            byte[] zeroPoints,
            int offset,
            float activations,
            float[] scales,
            int scalesOffset,
            float factor,
            float[] parts,
            float[] sums,
            int partsOffset) {
        if (bits == 4) {
            for (int pair = 0; pair < VECTORS / 2; pair++) {
                addPairedSegment(
                        zeroPoints,
                        offset + pair * LANES,
                        activations,
                        scales,
                        scalesOffset + pair * 2 * LANES,
                        factor,
                        parts,
                        sums,
                        partsOffset + pair * 2 * LANES);
            }
        } else {
            for (int o = 0; o < VECTORS * LANES; o += LANES) {
                FloatVector.fromArray(FLOATS, scales, scalesOffset + o)
                        .mul(factor)
                        .fma(
                                floats(codes(zeroPoints, offset + o))
                                        .fma(
                                                FloatVector.broadcast(FLOATS, -activations),
                                                FloatVector.fromArray(
                                                        FLOATS, parts, partsOffset + o)),
                                FloatVector.fromArray(FLOATS, sums, partsOffset + o))
                        .intoArray(sums, partsOffset + o);
                FloatVector.zero(FLOATS).intoArray(parts, partsOffset + o);
            }
        }
    }

    private static void addPairedSegment(
            byte[] zeroPoints,
            int zeros,
            float activations,
            float[] scales,
            int scale,
            float factor,
            float[] parts,
            float[] sums,
            int at) {
        FloatVector less = FloatVector.broadcast(FLOATS, -activations);
        IntVector pairs = codes(zeroPoints, zeros);
        FloatVector low =
                floats(pairs.and(LOW_HALF)).fma(less, FloatVector.fromArray(FLOATS, parts, at));
        FloatVector both =
                floats(pairs).fma(less, FloatVector.fromArray(FLOATS, parts, at + LANES));
        low.mul(factor)
                .fma(
                        FloatVector.fromArray(FLOATS, scales, scale),
                        FloatVector.fromArray(FLOATS, sums, at))
                .intoArray(sums, at);
        both.sub(low)
                .mul(factor / 16)
                .fma(
                        FloatVector.fromArray(FLOATS, scales, scale + LANES),
                        FloatVector.fromArray(FLOATS, sums, at + LANES))
                .intoArray(sums, at + LANES);
        FloatVector.zero(FLOATS).intoArray(parts, at);
        FloatVector.zero(FLOATS).intoArray(parts, at + LANES);
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
        FloatVector zero = floats(codes(stream, zeroOffset + first, shift, mask));
        FloatVector scale =
                scales(stream, zeroOffset + bytesPerInput + 2 * vector * LANES)
                        .mul(FloatVector.fromArray(FLOATS, units, unitsOffset));
        for (int i = 0; i < steps; i++) {
            floats(codes(stream, offset + i * bytesPerInput + first, shift, mask))
                    .sub(zero)
                    .mul(scale)
                    .intoArray(target, targetOffset + i * stride);
        }
    }

    private static IntVector codes(byte[] stream, int offset, int shift, int mask) {
        return codes(stream, offset).lanewise(VectorOperators.LSHR, shift).and(mask);
    }

    private static IntVector codes(byte[] stream, int offset) {
        return (IntVector)
                ByteVector.fromArray(BYTES, stream, offset)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    private static FloatVector floats(IntVector codes) {
        return (FloatVector) codes.convert(VectorOperators.I2F, 0);
    }

    private static FloatVector scales(byte[] stream, int offset) {
        return floats(
                (IntVector)
                        ByteVector.fromArray(BYTE_PAIRS, stream, offset)
                                .reinterpretAsShorts()
                                .convertShape(VectorOperators.S2I, INTS, 0));
    }
}

package io.agilelens.engine.kernel;

import java.util.Arrays;

/** Two four-bit weights in a float, see {@link Multiplier#PAIR}, times codes of four bits. */
final class PairMultiplication extends SegmentMultiplication<float[]> {

    /**
     * Of long groups, so that two of 128 inputs are in it, whose sums are told apart together; more
     * than that leaves the tiles too little of a first cache of 48 KiB.
     */
    private static final int LONG_SLICE = 256;

    /** Inputs of a group that is long. */
    private static final int LONG_GROUP = 64;

    private final FloatProducts products;
    private final IntegerUnpacking unpacking;
    private final SegmentSums segmentSums;

    PairMultiplication(
            FloatProducts products,
            IntegerUnpacking unpacking,
            SegmentSums segmentSums,
            Workers workers) {
        super(
                Multiplier.PAIR,
                products.tileTokens(),
                products.panelOutputs(),
                unpacking,
                segmentSums,
                workers);
        this.products = products;
        this.unpacking = unpacking;
        this.segmentSums = segmentSums;
    }

    @Override
    int slice(IntegerPanels weights) {
        return weights.inputs() >= weights.groups() * LONG_GROUP ? LONG_SLICE : SLICE;
    }

    @Override
    void prepareTiles(Operands operands, long length) {
        operands.prepared = Scratch.ofThread().activations(length);
    }

    @Override
    void packTile(
            Operands operands,
            float[] near,
            int stride,
            int first,
            int end,
            int token,
            int tokens,
            int to) {
        int steps = operands.integers.segments().inputs(first, end);
        FloatTiles.pack(near, 0, stride, tokens, steps, rows, operands.prepared, to);
        join(operands, first, end, token, operands.prepared, to);
    }

    @Override
    AlignedRoom<float[]> panel(int length) {
        return Scratch.ofThread().near(length);
    }

    @Override
    void unpack(IntegerPanels weights, int panel, int segment, float[] unpacked, int at) {
        Segments segments = weights.segments();
        unpacking.unpackPairs(
                weights.codes(),
                weights.fours(panel, 0, weights.inputs()),
                segments.starts()[segment],
                weights.zeroPoints(),
                weights.fours(panel, 0, weights.groups()),
                segments.groups()[segment],
                segments.length(segment),
                unpacked,
                at);
    }

    @Override
    void addSlice(
            AlignedRoom<float[]> unpacked,
            float[] scales,
            Operands operands,
            int panel,
            int first,
            int end,
            int from,
            int to,
            int tile,
            float[] sums,
            int sumsOffset) {
        IntegerPanels weights = operands.integers;
        int width = weights.width();
        int steps = weights.segments().inputs(first, end);
        Scratch scratch = Scratch.ofThread();
        float[] zeros = scratch.zeros(rows * width);
        AlignedRoom<float[]> parts = scratch.unitSums(2 * rows * step);
        for (int token = from; token < to; token += rows) {
            operands.cancellation.check();
            int tokens = Math.min(rows, to - token);
            int sum = sumsOffset + (token - from) * width;
            boolean direct =
                    goToResults(operands, end, panel, tokens, products.rowsComputed(tokens));
            addUnits(
                    unpacked,
                    scales,
                    operands,
                    tile + (token - from) * steps,
                    tokens,
                    first,
                    end,
                    token / rows * weights.segments().count(),
                    parts,
                    first == 0 ? zeros : sums,
                    first == 0 ? 0 : sum,
                    sums,
                    sum,
                    direct ? operands.y : sums,
                    direct ? token * weights.outputs() + panel * width : sum,
                    direct ? weights.outputs() : width);
            if (!direct) {
                storeComplete(operands, end, panel, token, tokens, sums, sum);
            }
        }
    }

    /** Adds to what there is of a tile what the units of a slice give. */
    private void addUnits(
            AlignedRoom<float[]> unpacked,
            float[] scales,
            Operands operands,
            int tile,
            int tokens,
            int first,
            int end,
            int unitsOffset,
            AlignedRoom<float[]> room,
            float[] source,
            int sourceOffset,
            float[] sums,
            int sumsOffset,
            float[] target,
            int targetOffset,
            int targetStride) {
        int width = operands.integers.width();
        Segments segments = operands.integers.segments();
        int[] unitEnds = operands.unitEnds;
        int length = rows * step;
        float[] parts = room.array();
        int part = room.offset();
        int nextPart = part + length;
        int computed = products.rowsComputed(tokens);
        int endOfNext;
        for (int s = first; s < end; s = endOfNext) {
            int next = unitEnds[unitsOffset + s];
            endOfNext = next < end ? unitEnds[unitsOffset + next] : end;
            multiplyUnit(unpacked, operands, tile, tokens, first, s, next, parts, part);
            int scale = (segments.lowest(s, next) - first) * width;
            int nextScale = scale;
            if (next < endOfNext) {
                multiplyUnit(
                        unpacked, operands, tile, tokens, first, next, endOfNext, parts, nextPart);
                nextScale = (segments.lowest(next, endOfNext) - first) * width;
            } else { // a loop of its own for one would be compiled late, so rare it is
                Arrays.fill(parts, nextPart, nextPart + length, 0);
            }
            segmentSums.addPairs(
                    parts,
                    part,
                    computed,
                    scales,
                    scale,
                    nextScale,
                    s == first ? source : sums,
                    s == first ? sourceOffset : sumsOffset,
                    endOfNext == end ? target : sums,
                    endOfNext == end ? targetOffset : sumsOffset,
                    endOfNext == end ? targetStride : width);
        }
    }

    /**
     * The pairs' sums of neighbouring segments.
     *
     * @param tile of the slice that begins with segment {@code first}
     * @param parts {@code [rows, step]} from {@code partsOffset} on
     */
    private void multiplyUnit(
            AlignedRoom<float[]> unpacked,
            Operands operands,
            int tile,
            int tokens,
            int first,
            int from,
            int to,
            float[] parts,
            int partsOffset) {
        Segments segments = operands.integers.segments();
        int start = segments.inputs(first, from);
        products.multiplyTile(
                unpacked.array(),
                unpacked.offset() + start * step,
                operands.prepared,
                tile + start * rows,
                tokens,
                segments.inputs(from, to),
                false,
                parts,
                partsOffset,
                parts,
                partsOffset,
                step);
    }
}

package io.agilelens.engine.kernel;

/** One four-bit weight in 16 bits, see {@link Multiplier#SHORT}, times codes of up to 8 bits. */
final class ShortMultiplication extends SegmentMultiplication<short[]> {

    /** Units that are multiplied in one call; as many as a slice has in groups of 32, and more. */
    private static final int UNITS = 8;

    private final ShortProducts products;
    private final IntegerUnpacking unpacking;
    private final SegmentSums segmentSums;

    ShortMultiplication(
            ShortProducts products,
            IntegerUnpacking unpacking,
            SegmentSums segmentSums,
            Workers workers) {
        super(
                Multiplier.SHORT,
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
    void prepareTiles(Operands operands, long length) {
        operands.shorts = Scratch.ofThread().shortActivations(length);
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
        int length = steps * rows;
        float[] tile = Scratch.ofThread().tile(length);
        FloatTiles.pack(near, 0, stride, tokens, steps, rows, tile, 0);
        join(operands, first, end, token, tile, 0);
        products.narrow(tile, length, operands.shorts, to);
    }

    @Override
    AlignedRoom<short[]> panel(int length) {
        return Scratch.ofThread().nearShorts(length);
    }

    @Override
    void unpack(IntegerPanels weights, int panel, int segment, short[] unpacked, int at) {
        Segments segments = weights.segments();
        unpacking.unpackShorts(
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
            AlignedRoom<short[]> unpacked,
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
        float[] zeros = Scratch.ofThread().zeros(rows * width);
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
            AlignedRoom<short[]> unpacked,
            float[] scales,
            Operands operands,
            int tile,
            int tokens,
            int first,
            int end,
            int unitsOffset,
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
        Scratch scratch = Scratch.ofThread();
        int[] starts = scratch.unitStarts(UNITS + 1);
        int[] scalesAt = scratch.scalesAt(UNITS + 1);
        short[] parts = scratch.shortParts(UNITS * rows * step);
        int computed = products.rowsComputed(tokens);
        int next = first;
        while (next < end) {
            boolean start = next == first;
            int units = 0;
            for (; units < UNITS && next < end; units++) {
                int unit = next;
                next = unitEnds[unitsOffset + unit];
                starts[units] = segments.inputs(first, unit);
                scalesAt[units] = (segments.lowest(unit, next) - first) * width;
            }
            starts[units] = segments.inputs(first, next);
            scalesAt[units] = (end - first) * width;
            products.multiplyTile(
                    unpacked.array(),
                    unpacked.offset(),
                    operands.shorts,
                    tile,
                    tokens,
                    starts,
                    units,
                    parts);
            segmentSums.addShorts(
                    parts,
                    units,
                    computed,
                    scales,
                    scalesAt,
                    start ? source : sums,
                    start ? sourceOffset : sumsOffset,
                    sums,
                    sumsOffset,
                    next == end ? target : sums,
                    next == end ? targetOffset : sumsOffset,
                    next == end ? targetStride : width);
        }
    }
}

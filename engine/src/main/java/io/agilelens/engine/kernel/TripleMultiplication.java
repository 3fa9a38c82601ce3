package io.agilelens.engine.kernel;

/**
 * Four-bit weights times 8-bit codes, three weights in a double, see {@link Multiplier}. The
 * weights of a triple are those of the same place in three panels, so that weights are packed as
 * for pairs.
 */
final class TripleMultiplication {

    /** Panels whose outputs share the numbers of a triple. */
    static final int PANELS = 3;

    /**
     * Inputs that are multiplied at once: their slice of a panel stays in the first cache while all
     * tiles pass.
     */
    static final int SLICE = 128;

    /** Chunks that are multiplied together, see {@link Panels#forBlocks}. */
    private static final int CHUNKS = 4;

    private final DoubleProducts doubles;
    private final IntegerUnpacking unpacking;
    private final IntegerTiles tiles;
    private final SegmentSums segmentSums;
    private final Workers workers;
    private final int rows;

    /** Numbers that a chunk has in a step: two vectors. */
    private final int step;

    /** Doubles of a vector. */
    private final int lanes;

    /** Sums that a chunk has in a row of a tile: six vectors. */
    private final int sumsOfRow;

    private final IntegerTiles.TilePacking tilePacking = this::packTile;
    private final Panels.BlockBody blocks = this::multiplyBlock;

    TripleMultiplication(
            DoubleProducts doubles,
            IntegerUnpacking unpacking,
            SegmentSums segmentSums,
            Workers workers) {
        this.doubles = doubles;
        this.unpacking = unpacking;
        this.segmentSums = segmentSums;
        this.workers = workers;
        rows = doubles.tileTokens();
        step = doubles.panelOutputs();
        lanes = step / 2;
        sumsOfRow = PANELS * step;
        tiles = new IntegerTiles(unpacking, rows, workers);
    }

    void multiply(byte[] x, int tokens, IntegerPanels weights, float[] y) {
        int inputs = weights.inputs();
        int chunks = chunks(weights);
        Scratch scratch = Scratch.ofThread();
        Operands operands = scratch.operands().ofProduct(x, tokens, weights, y);
        try {
            operands.wide = scratch.wideActivations((long) Panels.padded(tokens, rows) * inputs);
            tiles.fill(operands, SLICE, tilePacking);
            Panels.forBlocks(
                    operands,
                    Math.ceilDiv(weights.outputs(), PANELS * weights.width()) * chunks,
                    CHUNKS,
                    rows,
                    (long) inputs * PANELS * weights.width() / chunks,
                    workers,
                    blocks);
        } finally {
            scratch.giveBack(operands);
        }
    }

    private void packTile(
            Operands operands,
            float[] near,
            int stride,
            int first,
            int end,
            int token,
            int tokens,
            int to) {
        int steps = operands.integers.segments().inputs(first, end);
        doubles.packTile(near, 0, stride, tokens, steps, operands.wide, to);
    }

    /** Chunks that three panels have in each step. */
    private int chunks(IntegerPanels weights) {
        return weights.bytesPerInput() / lanes;
    }

    /**
     * A chunk are the outputs of three panels that one call unpacks, see {@link IntegerUnpacking}.
     */
    private void multiplyBlock(Operands operands, int firstChunk, int endChunk, int from, int to) {
        IntegerPanels weights = operands.integers;
        int chunks = chunks(weights);
        int padded = Panels.padded(operands.tokens, rows);
        int length = Panels.padded(to - from, rows) * sumsOfRow;
        AlignedRoom<double[]> sums =
                Scratch.ofThread().blockDoubles((endChunk - firstChunk) * length);
        Segments segments = weights.segments();
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, SLICE);
            int steps = segments.inputs(first, end);
            int tile = segments.starts()[first] * padded + from * steps;
            for (int chunk = firstChunk; chunk < endChunk; chunk++) {
                int panel = chunk / chunks * PANELS;
                int output = outputOf(weights, chunk % chunks);
                addSlice(
                        unpack(weights, panel, chunk % chunks, first, end),
                        scaleSegments(weights, panel, output, first, end),
                        operands,
                        first,
                        end,
                        from,
                        to,
                        tile,
                        sums.array(),
                        sums.offset() + (chunk - firstChunk) * length);
            }
        }
        // Chunks share lines of the results, so all of them are written for a few tokens at a time.
        for (int token = from; token < to; token += rows) {
            int tokens = Math.min(rows, to - token);
            int sum = sums.offset() + (token - from) * sumsOfRow;
            for (int chunk = firstChunk; chunk < endChunk; chunk++) {
                store(
                        operands,
                        chunk / chunks * PANELS,
                        outputOf(weights, chunk % chunks),
                        token,
                        tokens,
                        sums.array(),
                        sum + (chunk - firstChunk) * length);
            }
        }
    }

    /**
     * @return {@code [steps, 2 vectors]}: the weights of some segments
     */
    private AlignedRoom<double[]> unpack(
            IntegerPanels weights, int panel, int chunk, int first, int end) {
        Segments segments = weights.segments();
        AlignedRoom<double[]> unpacked = Scratch.ofThread().nearDoubles(SLICE * step);
        for (int s = first; s < end; s++) {
            unpacking.unpackTriples(
                    weights.codes(),
                    weights.fours(panel, 0, weights.inputs()),
                    weights.fours(1, 0, weights.inputs()),
                    segments.starts()[s],
                    weights.zeroPoints(),
                    weights.fours(panel, 0, weights.groups()),
                    weights.fours(1, 0, weights.groups()),
                    segments.groups()[s],
                    chunk,
                    segments.length(s),
                    unpacked.array(),
                    unpacked.offset() + segments.inputs(first, s) * step);
        }
        return unpacked;
    }

    /** Scales of the sums of some segments, {@code [segments, 6 vectors]}. */
    private double[] scaleSegments(
            IntegerPanels weights, int panel, int firstOutput, int first, int end) {
        Segments segments = weights.segments();
        double[] scales = Scratch.ofThread().wideScales((end - first) * sumsOfRow);
        for (int s = first; s < end; s++) {
            double factor = 1 << segments.shifts()[s];
            for (int part = 0; part < 6; part++) {
                int from =
                        weights.scale(panel + part % 3, segments.groups()[s])
                                + firstOutput
                                + part / 3 * (weights.width() / 4);
                int to = (s - first) * sumsOfRow + part * lanes;
                for (int o = 0; o < lanes; o++) {
                    scales[to + o] = weights.scales()[from + o] * factor;
                }
            }
        }
        return scales;
    }

    /**
     * The first output of a chunk within its panel: half a vector of floats, and of another one
     * behind it.
     */
    private int outputOf(IntegerPanels weights, int chunk) {
        int floats = weights.width() / 4;
        return chunk * lanes / floats * 2 * floats + chunk * lanes % floats;
    }

    /**
     * Adds to the sums of a chunk what a slice gives, tile by tile.
     *
     * @param tile where the first tile's slice starts in the operands' tiles
     * @param sums {@code [tokens, 6 vectors]} from {@code sumsOffset} on; of the first slice they
     *     hold nothing yet
     */
    private void addSlice(
            AlignedRoom<double[]> unpacked,
            double[] scales,
            Operands operands,
            int first,
            int end,
            int from,
            int to,
            int tile,
            double[] sums,
            int sumsOffset) {
        int steps = operands.integers.segments().inputs(first, end);
        AlignedRoom<double[]> parts = Scratch.ofThread().segmentDoubles(2 * rows * step);
        double[] zeros = Scratch.ofThread().wideZeros(rows * sumsOfRow);
        for (int token = from; token < to; token += rows) {
            operands.cancellation.check();
            int tokens = Math.min(rows, to - token);
            int sum = sumsOffset + (token - from) * sumsOfRow;
            addSegments(
                    unpacked,
                    scales,
                    operands,
                    tile + (token - from) * steps,
                    tokens,
                    first,
                    end,
                    parts,
                    first == 0 ? zeros : sums,
                    first == 0 ? 0 : sum,
                    sums,
                    sum);
        }
    }

    /** Adds to what there is of a tile what the segments of a slice give, two at once. */
    private void addSegments(
            AlignedRoom<double[]> unpacked,
            double[] scales,
            Operands operands,
            int tile,
            int tokens,
            int first,
            int end,
            AlignedRoom<double[]> parts,
            double[] source,
            int sourceOffset,
            double[] sums,
            int sumsOffset) {
        Segments segments = operands.integers.segments();
        int computed = tokens > 6 ? rows : 6;
        for (int s = first; s < end; s += 2) {
            int together = Math.min(2, end - s);
            for (int i = 0; i < together; i++) {
                int start = segments.inputs(first, s + i);
                doubles.multiplyTile(
                        unpacked.array(),
                        unpacked.offset() + start * step,
                        operands.wide,
                        tile + start * rows,
                        tokens,
                        segments.length(s + i),
                        parts.array(),
                        parts.offset() + i * rows * step);
            }
            segmentSums.addTriples(
                    parts.array(),
                    parts.offset(),
                    computed,
                    together,
                    scales,
                    (s - first) * sumsOfRow,
                    s == first ? source : sums,
                    s == first ? sourceOffset : sumsOffset,
                    sums,
                    sumsOffset);
        }
    }

    /** Copies the complete sums of a tile to the results. */
    private void store(
            Operands operands,
            int panel,
            int firstOutput,
            int token,
            int tokens,
            double[] sums,
            int sumsOffset) {
        IntegerPanels weights = operands.integers;
        int width = weights.width();
        int outputs = weights.outputs();
        int toHigh = width / 4;
        if ((panel + PANELS) * width <= outputs) {
            segmentSums.storeTriples(
                    sums,
                    sumsOffset,
                    tokens,
                    operands.y,
                    token * outputs + panel * width + firstOutput,
                    outputs,
                    toHigh,
                    width);
            return;
        }
        for (int part = 0; part < 6; part++) {
            Panels.store(
                    sums,
                    sumsOffset + part * lanes,
                    sumsOfRow,
                    lanes,
                    operands.y,
                    token,
                    token + tokens,
                    outputs,
                    (panel + part % 3) * width + firstOutput + part / 3 * toHigh);
        }
    }
}

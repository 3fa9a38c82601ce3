package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Products of several tokens with four-bit weights in an accumulator that holds the sums of a
 * segment exactly and no more, see {@link Multiplier}. They are multiplied segment by segment, and
 * what came of each is scaled and added to the results at its end.
 *
 * @param <N> arrays of the numbers that are multiplied
 */
abstract class SegmentMultiplication<N> {

    /**
     * Inputs that are multiplied at once, unless {@link #slice} says otherwise: their slice of a
     * panel stays in the first cache while all tiles pass. No segment is longer.
     */
    static final int SLICE = 192;

    /** Outputs of panels that are multiplied together, see {@link Panels#forBlocks}. */
    private static final int SUMS_TOGETHER = 128;

    private final SegmentJoining joining;
    private final IntegerTiles tiles;
    private final Workers workers;

    private final IntegerTiles.TilePacking tilePacking = this::packTile;
    private final Panels.BlockBody blocks = this::multiplyBlock;

    /** Of a tile. */
    final int rows;

    /** Numbers that a panel has in a step. */
    final int step;

    SegmentMultiplication(
            Multiplier multiplier,
            int rows,
            int step,
            IntegerUnpacking unpacking,
            SegmentSums segmentSums,
            Workers workers) {
        this.rows = rows;
        this.step = step;
        this.workers = workers;
        tiles = new IntegerTiles(unpacking, rows, workers);
        joining = new SegmentJoining(multiplier, segmentSums, rows);
    }

    /** Most inputs of a slice of these weights, at least {@link #SLICE}. */
    int slice(IntegerPanels weights) {
        return SLICE;
    }

    /** Makes room for so many numbers of tiles. */
    abstract void prepareTiles(Operands operands, long length);

    /**
     * As {@link IntegerTiles.TilePacking#pack}; has the segments of the tile {@linkplain #join
     * joined} while it consists of floats.
     */
    abstract void packTile(
            Operands operands,
            float[] near,
            int stride,
            int first,
            int end,
            int token,
            int tokens,
            int to);

    /** Room of the thread for so many numbers of an unpacked panel. */
    abstract AlignedRoom<N> panel(int length);

    /** Unpacks the weights of one segment, without their zero points. */
    abstract void unpack(IntegerPanels weights, int panel, int segment, N unpacked, int at);

    /**
     * Adds to the sums of a panel's outputs what a slice gives, tile by tile; behind the last slice
     * the results go where they belong. A loop of its own for each kind of numbers: the compiler
     * inlines what a tile needs only where it has met one kind.
     *
     * @param unpacked {@code [steps, step]}
     * @param scales {@code [segments of the slice, width of a panel]}, then zeros
     * @param first segment of the slice
     * @param end segment behind it
     * @param from first token
     * @param to behind the last one
     * @param tile where the first tile's slice starts in the operands' tiles
     * @param sums {@code [tokens, width of a panel]} from {@code sumsOffset} on; of the first slice
     *     they hold nothing yet
     */
    abstract void addSlice(
            AlignedRoom<N> unpacked,
            float[] scales,
            Operands operands,
            int panel,
            int first,
            int end,
            int from,
            int to,
            int tile,
            float[] sums,
            int sumsOffset);

    final void multiply(byte[] x, int tokens, IntegerPanels weights, float[] y) {
        int inputs = weights.inputs();
        Scratch scratch = Scratch.ofThread();
        Operands operands = scratch.operands().ofProduct(x, tokens, weights, y);
        try {
            prepareTiles(operands, (long) Panels.padded(tokens, rows) * inputs);
            operands.unitEnds =
                    scratch.unitEnds(
                            (long) Panels.tiles(tokens, rows) * weights.segments().count());
            tiles.fill(operands, slice(weights), tilePacking);
            int width = weights.width();
            Panels.forBlocks(
                    operands,
                    Panels.count(weights.outputs(), width),
                    SUMS_TOGETHER / width,
                    rows,
                    (long) inputs * width,
                    workers,
                    blocks);
        } finally {
            scratch.giveBack(operands);
        }
    }

    /**
     * Joins segments of a tile to units.
     *
     * @param token first of the tile
     * @param tile {@code [inputs of the slice, rows]} from {@code offset} on
     */
    final void join(Operands operands, int first, int end, int token, float[] tile, int offset) {
        Segments segments = operands.integers.segments();
        int ends = token / rows * segments.count();
        joining.join(segments, first, end, tile, offset, operands.unitEnds, ends);
    }

    private void multiplyBlock(Operands operands, int firstPanel, int endPanel, int from, int to) {
        IntegerPanels weights = operands.integers;
        int padded = Panels.padded(operands.tokens, rows);
        int width = weights.width();
        int length = Panels.padded(to - from, rows) * width;
        Segments segments = weights.segments();
        Scratch scratch = Scratch.ofThread();
        AlignedRoom<float[]> sums = scratch.blockSums((endPanel - firstPanel) * length);
        int end;
        for (int first = 0; first < segments.count(); first = end) {
            end = segments.endOfSlice(first, operands.slice);
            int start = segments.starts()[first];
            int steps = segments.inputs(first, end);
            int tile = start * padded + from * steps;
            for (int panel = firstPanel; panel < endPanel; panel++) {
                AlignedRoom<N> unpacked = unpack(weights, panel, first, end);
                float[] scales = scaleSegments(weights, panel, first, end);
                int sum = sums.offset() + (panel - firstPanel) * length;
                addSlice(
                        unpacked,
                        scales,
                        operands,
                        panel,
                        first,
                        end,
                        from,
                        to,
                        tile,
                        sums.array(),
                        sum);
            }
        }
    }

    /** Whether the last slice's sums of a tile go to the results at once. */
    static boolean goToResults(Operands operands, int end, int panel, int tokens, int computed) {
        IntegerPanels weights = operands.integers;
        return end == weights.segments().count()
                && (panel + 1) * weights.width() <= weights.outputs()
                && computed == tokens;
    }

    /** Copies the sums of a tile to the results, if they are complete. */
    static void storeComplete(
            Operands operands,
            int end,
            int panel,
            int token,
            int tokens,
            float[] sums,
            int sumsOffset) {
        IntegerPanels weights = operands.integers;
        if (end == weights.segments().count()) {
            int width = weights.width();
            Panels.store(
                    sums,
                    sumsOffset,
                    width,
                    operands.y,
                    token,
                    token + tokens,
                    weights.outputs(),
                    panel * width);
        }
    }

    /**
     * @return {@code [steps, step]}: the weights of some segments
     */
    private AlignedRoom<N> unpack(IntegerPanels weights, int panel, int first, int end) {
        Segments segments = weights.segments();
        AlignedRoom<N> unpacked = panel(segments.inputs(first, end) * step);
        for (int s = first; s < end; s++) {
            int at = unpacked.offset() + segments.inputs(first, s) * step;
            unpack(weights, panel, s, unpacked.array(), at);
        }
        return unpacked;
    }

    /** Scales of the sums of some segments, {@code [segments, width of a panel]}, then zeros. */
    private float[] scaleSegments(IntegerPanels weights, int panel, int first, int end) {
        int width = weights.width();
        Segments segments = weights.segments();
        float[] scales = Scratch.ofThread().scales((end - first + 1) * width);
        for (int s = first; s < end; s++) {
            float factor = 1 << segments.shifts()[s];
            int from = weights.scale(panel, segments.groups()[s]);
            int to = (s - first) * width;
            for (int o = 0; o < width; o++) {
                scales[to + o] = weights.scales()[from + o] * factor;
            }
        }
        Arrays.fill(scales, (end - first) * width, (end - first + 1) * width, 0);
        return scales;
    }
}

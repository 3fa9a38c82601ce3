package io.agilelens.engine.kernel;

import java.util.Arrays;

/** Linear layers with float32 and half-precision weights. */
final class FloatMultiplication {

    /**
     * Inputs that are multiplied at once: their slice of a panel stays in the first cache while all
     * tiles pass.
     */
    private static final int SLICE = 192;

    /** Panels that are multiplied together, see {@link Panels#forBlocks}. */
    private static final int PANELS = 4;

    private final FloatProducts loops;
    private final FloatProducts compactLoops;
    private final ReadAhead.Forms<HalfProducts> halves;
    private final int width;
    private final Workers workers;

    private final Workers.PieceOf<Operands> fp32Panels = this::multiplyFp32;
    private final Workers.PieceOf<Operands> fp16Panels = this::multiplyFp16;
    private final Workers.PieceOf<Operands> tiling = this::packTiles;
    private final Panels.BlockBody blocks = this::multiplyBlock;
    private final TileRows activations = FloatMultiplication::copyActivations;
    private final Unpacking copying = this::copy;
    private final Unpacking widening = this::widen;

    FloatMultiplication(
            FloatProducts.Forms loops, ReadAhead.Forms<HalfProducts> halves, Workers workers) {
        this.loops = loops.usual();
        this.compactLoops = loops.compact();
        this.halves = halves;
        this.width = loops.usual().panelOutputs();
        this.workers = workers;
    }

    /**
     * @param panels {@code [panels, inputs, width]}, chunk by chunk
     */
    record Fp32(int outputs, int inputs, int width, PanelChunks chunks, float[][] panels)
            implements Fp32Weights {
        @Override
        public long bytes() {
            return 4L * chunks.length();
        }
    }

    /**
     * @param panels half-precision bit patterns {@code [panels, inputs, width]}, chunk by chunk
     * @param unit what they count in, a power of two; NaN if some are not finite, in which case
     *     they count in ones
     */
    record Fp16(
            int outputs, int inputs, int width, PanelChunks chunks, short[][] panels, float unit)
            implements Fp16Weights {
        @Override
        public long bytes() {
            return 2L * chunks.length();
        }
    }

    Fp32 packFp32(WeightRows weights, int outputs, int inputs) {
        PanelChunks chunks = PanelChunks.of(outputs, inputs, width, Float.BYTES);
        float[][] panels = PanelPacking.pack(weights, outputs, inputs, width, chunks, workers);
        return new Fp32(outputs, inputs, width, chunks, panels);
    }

    Fp16 packFp16(WeightRows weights, int outputs, int inputs) {
        PanelChunks chunks = PanelChunks.of(outputs, inputs, width, Short.BYTES);
        short[][] panels =
                PanelPacking.packHalves(weights, outputs, inputs, width, chunks, workers);
        float unit = HalfScaling.scale(panels, workers);
        return new Fp16(outputs, inputs, width, chunks, panels, unit);
    }

    void multiply(float[] x, int tokens, Fp32 weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        if (tokens > 1) {
            multiplyUnpacked(x, tokens, weights, copying, y);
            return;
        }
        long bytes = 4L * weights.inputs() * width;
        multiplyPanels(x, weights, bytes, fp32Panels, y);
    }

    void multiply(float[] x, int tokens, Fp16 weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        if (tokens > 1 || !Float.isFinite(weights.unit())) {
            multiplyUnpacked(x, tokens, weights, widening, y);
            return;
        }
        long bytes = 2L * weights.inputs() * width;
        multiplyPanels(x, weights, bytes, fp16Panels, y);
    }

    /**
     * The product with one token.
     *
     * @param bytes of a panel
     */
    private void multiplyPanels(
            float[] x,
            PackedWeights weights,
            long bytes,
            Workers.PieceOf<Operands> body,
            float[] y) {
        Scratch scratch = Scratch.ofThread();
        Operands operands = scratch.operands().ofProduct(x, 1, weights, y);
        try {
            int panels = Panels.count(weights.outputs(), width);
            Panels.forPanels(operands, panels, bytes, workers, body);
        } finally {
            scratch.giveBack(operands);
        }
    }

    /** Where the rows of tiles come from. */
    @FunctionalInterface
    interface TileRows {

        /**
         * @param first first input
         * @param target gets so many activations of the token from {@code at} on
         */
        void copy(Operands operands, int token, int first, int steps, float[] target, int at);
    }

    /** Makes floats of weights that are packed otherwise. */
    @FunctionalInterface
    interface Unpacking {

        /**
         * @param panel of {@link #panelOutputs()} outputs
         * @param first first input
         * @param target {@code [steps, panelOutputs]} from {@code at} on
         */
        void unpack(Operands operands, int panel, int first, int steps, float[] target, int at);
    }

    private static void copyActivations(
            Operands operands, int token, int first, int steps, float[] target, int at) {
        System.arraycopy(operands.x, token * operands.inputs + first, target, at, steps);
    }

    /** A copy of the slice costs little and comes from memory in one go. */
    private void copy(Operands operands, int panel, int first, int steps, float[] target, int at) {
        Fp32 floats = (Fp32) operands.weights;
        PanelChunks chunks = floats.chunks();
        float[] chunk = floats.panels()[chunks.of(panel)];
        System.arraycopy(chunk, chunks.start(panel) + first * width, target, at, steps * width);
    }

    private void widen(Operands operands, int panel, int first, int steps, float[] target, int at) {
        Fp16 halves = (Fp16) operands.weights;
        float unit = Float.isNaN(halves.unit()) ? 1 : halves.unit();
        PanelChunks chunks = halves.chunks();
        short[] chunk = halves.panels()[chunks.of(panel)];
        widen(chunk, chunks.start(panel) + first * width, unit, target, at, steps * width);
    }

    /** Outputs in a panel. */
    int panelOutputs() {
        return width;
    }

    /** The product of many tokens with weights that become floats slice by slice. */
    void multiplyUnpacked(
            float[] x, int tokens, PackedWeights weights, Unpacking unpacking, float[] y) {
        Operands operands = Scratch.ofThread().operands().ofProduct(x, tokens, weights, y);
        multiplyUnpacked(operands, activations, unpacking);
    }

    /** The same with codes and weights that are both integers before. */
    void multiplyUnpacked(
            byte[] codes,
            int tokens,
            IntegerPanels weights,
            TileRows tileRows,
            Unpacking unpacking,
            float[] y) {
        Operands operands = Scratch.ofThread().operands().ofProduct(codes, tokens, weights, y);
        multiplyUnpacked(operands, tileRows, unpacking);
    }

    private void multiplyUnpacked(Operands operands, TileRows tileRows, Unpacking unpacking) {
        Scratch scratch = Scratch.ofThread();
        operands.tileRows = tileRows;
        operands.unpacking = unpacking;
        try {
            int inputs = operands.inputs;
            int tokens = operands.tokens;
            int rows = loops.tileTokens();
            operands.prepared = scratch.activations((long) Panels.padded(tokens, rows) * inputs);
            Panels.forTiles(operands, rows, workers, tiling);
            Panels.forBlocks(
                    operands,
                    Panels.count(operands.outputs, width),
                    PANELS,
                    rows,
                    (long) inputs * width,
                    workers,
                    blocks);
        } finally {
            scratch.giveBack(operands);
        }
    }

    /**
     * Packs tiles of {@code [tokens, inputs]} as {@code [slices, tiles, slice, tileTokens]}. The
     * tile that begins with a token starts at {@code first * padded + token * steps} for the slice
     * of so many steps that begins with input {@code first}.
     */
    private void packTiles(Operands operands, int fromTile, int toTile) {
        int inputs = operands.inputs;
        int rows = loops.tileTokens();
        int padded = Panels.padded(operands.tokens, rows);
        int stride = SLICE + Panels.ROW_SPACING;
        float[] near = Scratch.ofThread().rows(rows * stride);
        for (int token = fromTile * rows; token < toTile * rows; token += rows) {
            int count = Math.min(rows, operands.tokens - token);
            for (int first = 0; first < inputs; first += SLICE) {
                int steps = Math.min(SLICE, inputs - first);
                for (int t = 0; t < count; t++) {
                    operands.tileRows.copy(operands, token + t, first, steps, near, t * stride);
                }
                int to = first * padded + token * steps;
                FloatTiles.pack(near, 0, stride, count, steps, rows, operands.prepared, to);
            }
        }
    }

    private void multiplyBlock(Operands operands, int firstPanel, int endPanel, int from, int to) {
        int inputs = operands.inputs;
        int rows = loops.tileTokens();
        int padded = Panels.padded(operands.tokens, rows);
        Scratch scratch = Scratch.ofThread();
        int length = Panels.padded(to - from, rows) * width;
        AlignedRoom<float[]> unpacked = scratch.near(SLICE * width);
        AlignedRoom<float[]> sums = scratch.blockSums((endPanel - firstPanel) * length);
        for (int first = 0; first < inputs; first += SLICE) {
            int steps = Math.min(SLICE, inputs - first);
            int tiles = first * padded + from * steps;
            for (int panel = firstPanel; panel < endPanel; panel++) {
                operands.unpacking.unpack(
                        operands, panel, first, steps, unpacked.array(), unpacked.offset());
                int sum = sums.offset() + (panel - firstPanel) * length;
                addSlice(
                        operands,
                        unpacked.array(),
                        unpacked.offset(),
                        tiles,
                        from,
                        to,
                        steps,
                        first > 0,
                        first + steps == inputs,
                        sums.array(),
                        sum,
                        panel * width);
            }
        }
    }

    /**
     * Adds to the sums what a slice of the inputs gives; the first slice overwrites them, and with
     * the last one the results go where they belong at once. The sums lie close together, as the
     * outputs do not: rows a power of two apart share few sets of a cache.
     *
     * @param slice {@code [steps, width]} from {@code sliceOffset} on
     * @param tiles where those of the slice start
     * @param sums {@code [tokens, width]} and room for whole tiles
     */
    private void addSlice(
            Operands operands,
            float[] slice,
            int sliceOffset,
            int tiles,
            int from,
            int to,
            int steps,
            boolean add,
            boolean last,
            float[] sums,
            int sumsOffset,
            int firstOutput) {
        float[] tiled = operands.prepared;
        float[] y = operands.y;
        int outputs = operands.outputs;
        int rows = loops.tileTokens();
        for (int token = from; token < to; token += rows) {
            operands.cancellation.check();
            int real = Math.min(rows, to - token);
            int sum = sumsOffset + (token - from) * width;
            boolean direct =
                    last && firstOutput + width <= outputs && loops.rowsComputed(real) == real;
            FloatProducts form = direct ? loops : compactLoops;
            form.multiplyTile(
                    slice,
                    sliceOffset,
                    tiled,
                    tiles + (token - from) * steps,
                    real,
                    steps,
                    add,
                    sums,
                    sum,
                    direct ? y : sums,
                    direct ? token * outputs + firstOutput : sum,
                    direct ? outputs : width);
            if (last && !direct) {
                Panels.store(sums, sum, width, y, token, token + real, outputs, firstOutput);
            }
        }
    }

    private void multiplyFp32(Operands operands, int fromPanel, int toPanel) {
        Fp32 weights = (Fp32) operands.weights;
        int inputs = weights.inputs();
        float[] sums = Scratch.ofThread().sums(width);
        for (int panel = fromPanel; panel < toPanel; panel++) {
            Arrays.fill(sums, 0, width, 0);
            float[] chunk = weights.panels()[weights.chunks().of(panel)];
            int start = weights.chunks().start(panel);
            loops.multiplyVector(chunk, start, operands.x, 0, inputs, sums);
            Panels.store(sums, 0, width, operands.y, 0, 1, weights.outputs(), panel * width);
        }
    }

    private void multiplyFp16(Operands operands, int fromPanel, int toPanel) {
        Fp16 weights = (Fp16) operands.weights;
        PanelChunks chunks = weights.chunks();
        int inputs = weights.inputs();
        Scratch scratch = Scratch.ofThread();
        float[] sums = scratch.sums(width);
        int touched = 0;
        ReadAhead ahead = scratch.readAhead(ReadAhead.Reader.HALVES);
        boolean far = ahead.begin();
        for (int panel = fromPanel; panel < toPanel; panel++) {
            short[] chunk = weights.panels()[chunks.of(panel)];
            int start = chunks.start(panel);
            boolean isLast = start + chunks.panelLength() == chunk.length;
            HalfProducts form = halves.of(far && !isLast);
            touched |= form.multiplyVector(chunk, start, operands.x, inputs, sums);
            for (int o = 0; o < width; o++) {
                sums[o] *= weights.unit();
            }
            Panels.store(sums, 0, width, operands.y, 0, 1, weights.outputs(), panel * width);
        }
        ahead.end(2L * inputs * width * (toPanel - fromPanel));
        scratch.keep(touched);
    }

    /** The Vector API has no conversion from half precision, but C2 vectorizes this very loop. */
    static void widen(short[] halves, int offset, float unit, float[] widened, int at, int count) {
        for (int i = 0; i < count; i++) {
            widened[at + i] = Float.float16ToFloat(halves[offset + i]) * unit;
        }
    }
}

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
    private final HalfProducts halves;
    private final int width;
    private final Workers workers;

    /** Scales of sums that have none. */
    private final float[] ones;

    FloatMultiplication(FloatProducts loops, HalfProducts halves, Workers workers) {
        this.loops = loops;
        this.halves = halves;
        this.width = loops.panelOutputs();
        this.workers = workers;
        ones = new float[width];
        Arrays.fill(ones, 1);
    }

    /**
     * @param panels {@code [panels, inputs, width]}
     */
    record Fp32(int outputs, int inputs, int width, float[] panels) implements Fp32Weights {
        @Override
        public long bytes() {
            return 4L * panels.length;
        }
    }

    /**
     * @param panels half-precision bit patterns {@code [panels, inputs, width]}
     * @param unit what they count in, a power of two; NaN if some are not finite, in which case
     *     they count in ones
     */
    record Fp16(int outputs, int inputs, int width, short[] panels, float unit)
            implements Fp16Weights {
        @Override
        public long bytes() {
            return 2L * panels.length;
        }
    }

    Fp32 packFp32(float[] weights, int outputs, int inputs) {
        PackingChecks.requireMatrix(weights.length, outputs, inputs);
        float[] panels = PanelPacking.pack(weights, outputs, inputs, width, workers);
        return new Fp32(outputs, inputs, width, panels);
    }

    Fp16 packFp16(float[] weights, int outputs, int inputs) {
        PackingChecks.requireMatrix(weights.length, outputs, inputs);
        short[] panels = PanelPacking.packHalves(weights, outputs, inputs, width, workers);
        return new Fp16(outputs, inputs, width, panels, HalfScaling.scale(panels, workers));
    }

    void multiply(float[] x, int tokens, Fp32 weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        int inputs = weights.inputs();
        if (tokens == 1) {
            Panels.inTurns(
                    Panels.count(weights.outputs(), width),
                    4L * inputs * width,
                    workers,
                    (from, to) -> {
                        for (int panel = from; panel < to; panel++) {
                            multiplyVector(x, weights, panel, y);
                        }
                    });
            return;
        }
        // A copy of the slice costs little and comes from memory in one go.
        multiplyUnpacked(
                x,
                tokens,
                weights,
                (panel, first, steps, target) -> {
                    int start = (panel * inputs + first) * width;
                    System.arraycopy(weights.panels(), start, target, 0, steps * width);
                },
                y);
    }

    void multiply(float[] x, int tokens, Fp16 weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        if (tokens == 1 && Float.isFinite(weights.unit())) {
            multiplyVector(x, weights, y);
            return;
        }
        float unit = Float.isNaN(weights.unit()) ? 1 : weights.unit();
        multiplyUnpacked(
                x,
                tokens,
                weights,
                (panel, first, steps, target) -> {
                    int start = (panel * weights.inputs() + first) * width;
                    widen(weights.panels(), start, unit, target, steps * width);
                },
                y);
    }

    /** Makes floats of weights that are packed otherwise. */
    @FunctionalInterface
    interface Unpacking {

        /**
         * @param panel of {@link #panelOutputs()} outputs
         * @param first first input
         * @param target {@code [steps, panelOutputs]}
         */
        void unpack(int panel, int first, int steps, float[] target);
    }

    /** Outputs in a panel. */
    int panelOutputs() {
        return width;
    }

    /** The product of many tokens with weights that become floats slice by slice. */
    void multiplyUnpacked(
            float[] x, int tokens, PackedWeights weights, Unpacking unpacking, float[] y) {
        int inputs = weights.inputs();
        int outputs = weights.outputs();
        int rows = loops.tileTokens();
        int padded = Panels.padded(tokens, rows);
        float[] tiled = Panels.tile(x, tokens, inputs, SLICE, loops, workers);
        Panels.forBlocks(
                Panels.count(outputs, width),
                PANELS,
                tokens,
                rows,
                (long) inputs * width,
                workers,
                (firstPanel, endPanel, from, to) -> {
                    Scratch scratch = Scratch.ofThread();
                    int length = Panels.padded(to - from, rows) * width;
                    float[] unpacked = scratch.panel(SLICE * width);
                    float[] sums = scratch.sums((endPanel - firstPanel) * length);
                    for (int first = 0; first < inputs; first += SLICE) {
                        int steps = Math.min(SLICE, inputs - first);
                        int tiles = first * padded + from * steps;
                        for (int panel = firstPanel; panel < endPanel; panel++) {
                            unpacking.unpack(panel, first, steps, unpacked);
                            int sum = (panel - firstPanel) * length;
                            addSlice(
                                    unpacked,
                                    tiled,
                                    tiles,
                                    from,
                                    to,
                                    steps,
                                    first > 0,
                                    first + steps == inputs,
                                    sums,
                                    sum,
                                    y,
                                    outputs,
                                    panel * width);
                        }
                    }
                });
    }

    /**
     * Adds to the sums what a slice of the inputs gives; the first slice overwrites them, and with
     * the last one the results go where they belong at once. The sums lie close together, as the
     * outputs do not: rows a power of two apart share few sets of a cache.
     *
     * @param slice {@code [steps, width]}
     * @param tiles where those of the slice start
     * @param sums {@code [tokens, width]} and room for whole tiles
     */
    private void addSlice(
            float[] slice,
            float[] tiled,
            int tiles,
            int from,
            int to,
            int steps,
            boolean add,
            boolean last,
            float[] sums,
            int sumsOffset,
            float[] y,
            int outputs,
            int firstOutput) {
        int rows = loops.tileTokens();
        for (int token = from; token < to; token += rows) {
            int real = Math.min(rows, to - token);
            int sum = sumsOffset + (token - from) * width;
            boolean direct =
                    last && firstOutput + width <= outputs && loops.rowsComputed(real) == real;
            loops.multiplyTile(
                    slice,
                    0,
                    tiled,
                    tiles + (token - from) * steps,
                    real,
                    steps,
                    add,
                    ones,
                    0,
                    sums,
                    sum,
                    width,
                    direct ? y : sums,
                    direct ? token * outputs + firstOutput : sum,
                    direct ? outputs : width);
            if (last && !direct) {
                Panels.store(sums, sum, width, y, token, token + real, outputs, firstOutput);
            }
        }
    }

    private void multiplyVector(float[] x, Fp32 weights, int panel, float[] y) {
        int inputs = weights.inputs();
        float[] sums = Scratch.ofThread().sums(width);
        Arrays.fill(sums, 0, width, 0);
        loops.multiplyVector(weights.panels(), panel * inputs * width, x, 0, inputs, sums);
        Panels.store(sums, 0, width, y, 0, 1, weights.outputs(), panel * width);
    }

    private void multiplyVector(float[] x, Fp16 weights, float[] y) {
        Panels.inTurns(
                Panels.count(weights.outputs(), width),
                2L * weights.inputs() * width,
                workers,
                (from, to) -> multiplyPanels(x, weights, from, to, y));
    }

    private void multiplyPanels(float[] x, Fp16 weights, int from, int to, float[] y) {
        int inputs = weights.inputs();
        Scratch scratch = Scratch.ofThread();
        float[] sums = scratch.sums(Panels.STREAMS * width);
        int count = (to - from) * width;
        Arrays.fill(sums, 0, count, 0);
        int touched = 0;
        for (int i = 0; i < inputs; i += Panels.TURN) {
            int steps = Math.min(Panels.TURN, inputs - i);
            for (int panel = from; panel < to; panel++) {
                int at = (panel * inputs + i) * width;
                int sum = (panel - from) * width;
                touched |= halves.addHalves(weights.panels(), at, x, i, steps, sums, sum);
            }
        }
        scratch.keep(touched);
        for (int o = 0; o < count; o++) {
            sums[o] *= weights.unit();
        }
        int first = from * width;
        System.arraycopy(sums, 0, y, first, Math.min(count, weights.outputs() - first));
    }

    /** The Vector API has no conversion from half precision, but C2 vectorizes this very loop. */
    static void widen(short[] halves, int offset, float unit, float[] widened, int count) {
        for (int i = 0; i < count; i++) {
            widened[i] = Float.float16ToFloat(halves[offset + i]) * unit;
        }
    }
}

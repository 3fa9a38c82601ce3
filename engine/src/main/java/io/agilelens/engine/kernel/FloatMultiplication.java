package io.agilelens.engine.kernel;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** Linear layers with float32 and half-precision weights. */
final class FloatMultiplication {

    /**
     * Inputs that are multiplied at once: their slice of a panel stays in the first cache while all
     * tiles pass.
     */
    private static final int SLICE = 192;

    /** Fewer bytes of weights than this are not worth another thread to one token. */
    private static final int BYTES_PER_PIECE = 1 << 15;

    /**
     * Panels of half-precision weights that one token is multiplied with in turn, {@link #TURN}
     * inputs each: memory delivers several streams of bytes faster than one.
     */
    private static final int STREAMS = 4;

    private static final int TURN = 64;

    private final FloatProducts loops;
    private final HalfProducts halves;
    private final int width;
    private final Workers workers;

    FloatMultiplication(FloatProducts loops, HalfProducts halves, Workers workers) {
        this.loops = loops;
        this.halves = halves;
        this.width = loops.panelOutputs();
        this.workers = workers;
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
            forPanels(weights, 1, panel -> multiplyVector(x, weights, panel, y));
            return;
        }
        float[] tiled = Panels.tile(x, tokens, inputs, loops, workers);
        forPanels(
                weights,
                tokens,
                panel -> {
                    int start = panel * inputs * width;
                    for (int first = 0; first < inputs; first += SLICE) {
                        int slice = start + first * width;
                        addSlice(weights.panels(), slice, tiled, tokens, first, weights, panel, y);
                    }
                });
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
        float[] tiled = Panels.tile(x, tokens, inputs, loops, workers);
        forPanels(
                weights,
                tokens,
                panel -> {
                    float[] unpacked = Scratch.ofThread().panel(SLICE * width);
                    for (int first = 0; first < inputs; first += SLICE) {
                        unpacking.unpack(panel, first, Math.min(SLICE, inputs - first), unpacked);
                        addSlice(unpacked, 0, tiled, tokens, first, weights, panel, y);
                    }
                });
    }

    private void forPanels(PackedWeights weights, int tokens, IntConsumer body) {
        int grain =
                tokens == 1
                        ? vectorGrain(4L * weights.inputs() * width)
                        : Panels.grain(tokens, weights.inputs(), width);
        workers.forRanges(
                Panels.count(weights.outputs(), width),
                grain,
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        body.accept(panel);
                    }
                });
    }

    /**
     * Adds to y what a slice of the inputs gives; the first slice overwrites it.
     *
     * @param panelWeights the slice's weights start at {@code start}
     * @param first first input of the slice
     */
    private void addSlice(
            float[] panelWeights,
            int start,
            float[] tiled,
            int tokens,
            int first,
            PackedWeights weights,
            int panel,
            float[] y) {
        int inputs = weights.inputs();
        int outputs = weights.outputs();
        int rows = loops.tileTokens();
        int steps = Math.min(SLICE, inputs - first);
        float[] sums = Scratch.ofThread().sums(rows * width);
        int output = panel * width;
        for (int token = 0; token < tokens; token += rows) {
            int end = Math.min(tokens, token + rows);
            int tile = token * inputs + first * rows;
            if (end == token + rows && output + width <= outputs) {
                loops.multiplyTile(
                        panelWeights,
                        start,
                        tiled,
                        tile,
                        rows,
                        steps,
                        first > 0,
                        y,
                        token * outputs + output,
                        outputs);
                continue;
            }
            loops.multiplyTile(
                    panelWeights, start, tiled, tile, end - token, steps, false, sums, 0, width);
            if (first == 0) {
                Panels.store(sums, 0, width, y, token, end, outputs, output);
            } else {
                Panels.add(sums, width, y, token, end, outputs, output);
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
        workers.forRanges(
                Panels.count(weights.outputs(), width),
                vectorGrain(2L * weights.inputs() * width),
                (from, to) -> {
                    int turns = Math.ceilDiv(to - from, STREAMS);
                    for (int turn = 0; turn < turns; turn++) {
                        int first = from + (to - from) * turn / turns;
                        int end = from + (to - from) * (turn + 1) / turns;
                        multiplyPanels(x, weights, first, end, y);
                    }
                });
    }

    private static int vectorGrain(long bytesPerPanel) {
        return (int) (1 + BYTES_PER_PIECE / bytesPerPanel);
    }

    private void multiplyPanels(float[] x, Fp16 weights, int from, int to, float[] y) {
        int inputs = weights.inputs();
        Scratch scratch = Scratch.ofThread();
        float[] sums = scratch.sums(STREAMS * width);
        int count = (to - from) * width;
        Arrays.fill(sums, 0, count, 0);
        int touched = 0;
        for (int i = 0; i < inputs; i += TURN) {
            int steps = Math.min(TURN, inputs - i);
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

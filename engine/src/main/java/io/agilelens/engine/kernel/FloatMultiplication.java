package io.agilelens.engine.kernel;

import java.util.Arrays;

/** Linear layers with float32 and half-precision weights. */
final class FloatMultiplication {

    private static final int TILE = FloatProducts.TILE_TOKENS;

    /** Inputs of half-precision weights that are widened at a time for one token. */
    private static final int WIDENED_INPUTS = 256;

    private final FloatProducts loops;
    private final int width;
    private final Workers workers;

    FloatMultiplication(FloatProducts loops, Workers workers) {
        this.loops = loops;
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
     */
    record Fp16(int outputs, int inputs, int width, short[] panels) implements Fp16Weights {
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
        return new Fp16(outputs, inputs, width, panels);
    }

    void multiply(float[] x, int tokens, Fp32 weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        int inputs = weights.inputs();
        boolean oneToken = tokens == 1;
        float[] rows = oneToken ? x : Panels.tile(x, tokens, inputs, workers);
        workers.forRanges(
                Panels.count(weights.outputs(), width),
                Panels.grain(tokens, inputs, width),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        int start = panel * inputs * width;
                        if (oneToken) {
                            multiplyVector(rows, weights, panel, y);
                        } else {
                            multiplyTiles(rows, tokens, weights, panel, weights.panels(), start, y);
                        }
                    }
                });
    }

    void multiply(float[] x, int tokens, Fp16 weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        int inputs = weights.inputs();
        boolean oneToken = tokens == 1;
        float[] rows = oneToken ? x : Panels.tile(x, tokens, inputs, workers);
        workers.forRanges(
                Panels.count(weights.outputs(), width),
                Panels.grain(tokens, inputs, width),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        int start = panel * inputs * width;
                        if (oneToken) {
                            multiplyVector(rows, weights, panel, y);
                        } else {
                            float[] widened = Scratch.ofThread().panel((long) inputs * width);
                            widen(weights.panels(), start, widened, inputs * width);
                            multiplyTiles(rows, tokens, weights, panel, widened, 0, y);
                        }
                    }
                });
    }

    private void multiplyTiles(
            float[] tiled,
            int tokens,
            PackedWeights weights,
            int panel,
            float[] panelWeights,
            int start,
            float[] y) {
        int inputs = weights.inputs();
        float[] sums = Scratch.ofThread().sums(TILE * width);
        for (int token = 0; token < tokens; token += TILE) {
            loops.multiplyTile(panelWeights, start, tiled, token * inputs, inputs, sums);
            int end = Math.min(tokens, token + TILE);
            Panels.store(sums, width, y, token, end, weights.outputs(), panel * width);
        }
    }

    private void multiplyVector(float[] x, Fp32 weights, int panel, float[] y) {
        int inputs = weights.inputs();
        float[] sums = Scratch.ofThread().sums(width);
        Arrays.fill(sums, 0, width, 0);
        loops.multiplyVector(weights.panels(), panel * inputs * width, x, 0, inputs, sums);
        Panels.store(sums, width, y, 0, 1, weights.outputs(), panel * width);
    }

    private void multiplyVector(float[] x, Fp16 weights, int panel, float[] y) {
        int inputs = weights.inputs();
        Scratch scratch = Scratch.ofThread();
        float[] widened = scratch.panel(WIDENED_INPUTS * width);
        float[] sums = scratch.sums(width);
        Arrays.fill(sums, 0, width, 0);
        for (int i = 0; i < inputs; i += WIDENED_INPUTS) {
            int steps = Math.min(WIDENED_INPUTS, inputs - i);
            widen(weights.panels(), (panel * inputs + i) * width, widened, steps * width);
            loops.multiplyVector(widened, 0, x, i, steps, sums);
        }
        Panels.store(sums, width, y, 0, 1, weights.outputs(), panel * width);
    }

    /** The Vector API has no conversion from half precision, but C2 vectorizes this very loop. */
    static void widen(short[] halves, int offset, float[] widened, int count) {
        for (int i = 0; i < count; i++) {
            widened[i] = Float.float16ToFloat(halves[offset + i]);
        }
    }
}

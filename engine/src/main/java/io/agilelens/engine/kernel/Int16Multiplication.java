package io.agilelens.engine.kernel;

import java.util.Arrays;

/** Linear layers with 16-bit weights and 8-bit activation codes, in exact double precision. */
final class Int16Multiplication {

    private final DoubleProducts products;
    private final int width;
    private final Workers workers;

    Int16Multiplication(DoubleProducts products, Workers workers) {
        this.products = products;
        this.width = products.panelOutputs();
        this.workers = workers;
    }

    /**
     * @param panels {@code [panels, inputs, width]}
     * @param scales {@code [panels, groups, width]}
     */
    record Int16(
            int outputs, int inputs, int width, short[] panels, float[] scales, int[] groupStarts)
            implements Int16Weights {

        int groups() {
            return groupStarts.length - 1;
        }

        @Override
        public long bytes() {
            return 2L * panels.length + 4L * scales.length + 4L * groupStarts.length;
        }
    }

    Int16 pack(short[] values, int outputs, int inputs, float[] scales, int[] groupStarts) {
        PackingChecks.requireInt16(values, outputs, inputs, scales, groupStarts);
        short[] panels = new short[Panels.length(outputs, inputs, width)];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                panels[Panels.index(o, i, inputs, width)] = values[o * inputs + i];
            }
        }
        float[] panelScales = Panels.ofScales(scales, outputs, groupStarts.length - 1, width);
        return new Int16(outputs, inputs, width, panels, panelScales, groupStarts.clone());
    }

    void multiply(byte[] x, int tokens, Int16 weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        int inputs = weights.inputs();
        int rows = tokens == 1 ? 1 : products.tileTokens();
        double[] tiled = tile(x, tokens, inputs, rows);
        workers.forRanges(
                Panels.count(weights.outputs(), width),
                Panels.grain(tokens, inputs, width),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        multiplyPanel(tiled, tokens, rows, weights, panel, y);
                    }
                });
    }

    private static double[] tile(byte[] x, int tokens, int inputs, int rows) {
        int tiles = (tokens + rows - 1) / rows;
        double[] tiled = Scratch.ofThread().wideActivations((long) tiles * rows * inputs);
        for (int t = 0; t < tiles * rows; t++) {
            int start = t / rows * rows * inputs + t % rows;
            for (int i = 0; i < inputs; i++) {
                tiled[start + i * rows] = t < tokens ? x[t * inputs + i] : 0;
            }
        }
        return tiled;
    }

    private void multiplyPanel(
            double[] tiled, int tokens, int rows, Int16 weights, int panel, float[] y) {
        int inputs = weights.inputs();
        Scratch scratch = Scratch.ofThread();
        double[] widened = scratch.widePanel((long) inputs * width);
        int start = panel * inputs * width;
        for (int i = 0; i < inputs * width; i++) {
            widened[i] = weights.panels()[start + i];
        }
        float[] sums = scratch.sums(rows * width);
        for (int token = 0; token < tokens; token += rows) {
            Arrays.fill(sums, 0, rows * width, 0);
            int end = Math.min(tokens, token + rows);
            multiplyTile(tiled, token * inputs, rows, end - token, weights, panel, widened, sums);
            Panels.store(sums, 0, width, y, token, end, weights.outputs(), panel * width);
        }
    }

    private void multiplyTile(
            double[] tiled,
            int tileStart,
            int rows,
            int tokens,
            Int16 weights,
            int panel,
            double[] widened,
            float[] sums) {
        double[] exact = Scratch.ofThread().wideSums(rows * width);
        int groups = weights.groups();
        for (int g = 0; g < groups; g++) {
            int start = weights.groupStarts()[g];
            int steps = weights.groupStarts()[g + 1] - start;
            int x = tileStart + start * rows;
            if (rows == 1) {
                Arrays.fill(exact, 0, width, 0);
                products.multiplyVector(widened, start * width, tiled, x, steps, exact);
            } else {
                products.multiplyTile(widened, start * width, tiled, x, tokens, steps, exact, 0);
            }
            int scale = (panel * groups + g) * width;
            for (int r = 0; r < tokens; r++) {
                addScaled(exact, r * width, width, weights.scales(), scale, sums);
            }
        }
    }

    private static void addScaled(
            double[] exact, int row, int width, float[] scales, int scale, float[] sums) {
        for (int o = 0; o < width; o++) {
            sums[row + o] += scales[scale + o] * (float) exact[row + o];
        }
    }
}

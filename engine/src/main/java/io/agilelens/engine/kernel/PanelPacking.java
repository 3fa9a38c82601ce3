package io.agilelens.engine.kernel;

import io.agilelens.engine.task.Cancellation;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** Turns the rows of a weight into panels, many panels at once. */
final class PanelPacking {

    /** Inputs that are packed at once, few enough for that part of a panel to stay in the cache. */
    private static final int BLOCK = 64;

    /** Fewer weights than this are not worth another thread. */
    private static final int WEIGHTS_PER_PIECE = 1 << 16;

    private PanelPacking() {}

    /** {@code [panels, inputs, width]} of {@code [outputs, inputs]}, chunk by chunk. */
    static float[][] pack(
            WeightRows weights,
            int outputs,
            int inputs,
            int width,
            PanelChunks chunks,
            Workers workers) {
        float[][] panels = new float[chunks.count()][];
        forPanels(
                weights,
                outputs,
                inputs,
                width,
                chunks,
                workers,
                chunk -> panels[chunk] = new float[chunks.length(chunk)],
                (rows, count, chunk, start) -> {
                    for (int from = 0; from < inputs; from += BLOCK) {
                        int steps = Math.min(BLOCK, inputs - from);
                        int at = start + from * width;
                        fill(rows, from, inputs, count, steps, width, panels[chunk], at);
                    }
                });
        return panels;
    }

    /** The same in half precision. */
    static short[][] packHalves(
            WeightRows weights,
            int outputs,
            int inputs,
            int width,
            PanelChunks chunks,
            Workers workers) {
        short[][] panels = new short[chunks.count()][];
        forPanels(
                weights,
                outputs,
                inputs,
                width,
                chunks,
                workers,
                chunk -> panels[chunk] = new short[chunks.length(chunk)],
                (rows, count, chunk, start) -> {
                    float[] block = Scratch.ofThread().panel(BLOCK * width);
                    Arrays.fill(block, 0, BLOCK * width, 0);
                    for (int from = 0; from < inputs; from += BLOCK) {
                        int steps = Math.min(BLOCK, inputs - from);
                        fill(rows, from, inputs, count, steps, width, block, 0);
                        narrow(block, panels[chunk], start + from * width, steps * width);
                    }
                });
        return panels;
    }

    private interface PanelBody {
        /**
         * @param rows of the panel, {@code [count, inputs]}
         * @param count outputs in it
         * @param chunk that it lies in
         * @param start of it there
         */
        void run(float[] rows, int count, int chunk, int start);
    }

    /**
     * @param makeChunk called before the panels of a chunk are filled
     */
    private static void forPanels(
            WeightRows weights,
            int outputs,
            int inputs,
            int width,
            PanelChunks chunks,
            Workers workers,
            IntConsumer makeChunk,
            PanelBody body) {
        Cancellation cancellation = Cancellation.current();
        for (int each = 0; each < chunks.count(); each++) {
            int chunk = each;
            int firstPanel = chunks.first(chunk);
            cancellation.check();
            makeChunk.accept(chunk);
            workers.forRanges(
                    chunks.panels(chunk),
                    1 + WEIGHTS_PER_PIECE / Math.max(1, inputs * width),
                    (from, to) -> {
                        float[] rows = Scratch.ofThread().rows((long) width * inputs);
                        for (int panel = firstPanel + from; panel < firstPanel + to; panel++) {
                            cancellation.check();
                            int first = panel * width;
                            int count = Math.min(width, outputs - first);
                            weights.read(first, count, rows);
                            body.run(rows, count, chunk, chunks.start(panel));
                        }
                    });
        }
    }

    /**
     * {@code panel[at + i · width + o] = x[offset + o · stride + i]}.
     *
     * @param steps of i
     */
    private static void fill(
            float[] x,
            int offset,
            int stride,
            int outputs,
            int steps,
            int width,
            float[] panel,
            int at) {
        int o = 0;
        for (; o < outputs - 3; o += 4) {
            fillFour(x, offset + o * stride, stride, steps, width, panel, at + o);
        }
        for (; o < outputs; o++) {
            for (int i = 0; i < steps; i++) {
                panel[at + i * width + o] = x[offset + o * stride + i];
            }
        }
    }

    private static void fillFour(
            float[] x, int offset, int stride, int steps, int width, float[] panel, int at) {
        int second = offset + stride;
        int third = second + stride;
        int fourth = third + stride;
        for (int i = 0; i < steps; i++) {
            int place = at + i * width;
            panel[place] = x[offset + i];
            panel[place + 1] = x[second + i];
            panel[place + 2] = x[third + i];
            panel[place + 3] = x[fourth + i];
        }
    }

    /** Apart, so that C2 turns it into vectors. */
    private static void narrow(float[] values, short[] halves, int offset, int count) {
        for (int i = 0; i < count; i++) {
            halves[offset + i] = Float.floatToFloat16(values[i]);
        }
    }
}

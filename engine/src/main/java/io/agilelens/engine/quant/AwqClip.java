package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;

/**
 * AWQ's clip search (METHOD §3): for each row and group, by how much the range of its weights may
 * be narrowed so that what the group gives is off by least. Source: llm-awq, {@code auto_clip.py}.
 */
public final class AwqClip {
    private static final int STEPS = 20;

    /** Thresholds tried: from the largest weight down to a little over half of it. */
    private static final int TRIED = STEPS / 2;

    private static final int SAMPLED_TOKENS = 512;
    private static final int ROWS_A_PIECE = 64;

    private AwqClip() {}

    /** Every how manieth of {@code tokens} inputs is looked at. */
    public static int stride(int tokens) {
        return Math.max(1, tokens / SAMPLED_TOKENS);
    }

    /**
     * @param weights {@code [outputs, inputs]}, scales applied
     * @param inputs {@code [tokens, inputs]}, divided by the scales, already sampled
     * @return thresholds {@code [outputs, groups]}
     */
    public static float[] search(
            Kernels kernels, AwqQuantizer quantizer, float[] weights, int outputs, Matrix inputs) {
        return search(kernels, quantizer, weights, outputs, inputs, Cancellation.never());
    }

    /**
     * As {@link #search(Kernels, AwqQuantizer, float[], int, Matrix)}.
     *
     * @throws java.util.concurrent.CancellationException if it was cancelled
     */
    public static float[] search(
            Kernels kernels,
            AwqQuantizer quantizer,
            float[] weights,
            int outputs,
            Matrix inputs,
            Cancellation cancellation) {
        int width = inputs.columns();
        int[] starts = quantizer.groupStarts(width);
        int groups = starts.length - 1;
        float[] thresholds = new float[outputs * groups];
        for (int g = 0; g < groups; g++) {
            Group group = new Group(kernels, quantizer, weights, width, starts[g], starts[g + 1]);
            Fp32Weights packed = group.pack(inputs);
            int index = g;
            Workers.shared()
                    .forRanges(
                            outputs,
                            ROWS_A_PIECE,
                            (from, to) -> {
                                for (int row = from; row < to; row += ROWS_A_PIECE) {
                                    cancellation.check();
                                    int count = Math.min(ROWS_A_PIECE, to - row);
                                    float[] best = group.search(packed, row, count);
                                    for (int i = 0; i < count; i++) {
                                        thresholds[(row + i) * groups + index] = best[i];
                                    }
                                }
                            });
        }
        return thresholds;
    }

    /** Clamps each group of a row to its threshold, in place. */
    public static void apply(
            AwqQuantizer quantizer, float[] weights, int outputs, int inputs, float[] thresholds) {
        int[] starts = quantizer.groupStarts(inputs);
        int groups = starts.length - 1;
        Workers.shared()
                .forRanges(
                        outputs,
                        ROWS_A_PIECE,
                        (first, end) -> {
                            for (int place = first * groups; place < end * groups; place++) {
                                int row = place / groups * inputs;
                                int g = place % groups;
                                float most = thresholds[place];
                                clamp(weights, row + starts[g], row + starts[g + 1], most);
                            }
                        });
    }

    private static void clamp(float[] weights, int from, int to, float most) {
        for (int i = from; i < to; i++) {
            weights[i] = Math.min(Math.max(weights[i], -most), most);
        }
    }

    /** One group of all rows. */
    private record Group(
            Kernels kernels,
            AwqQuantizer quantizer,
            float[] weights,
            int stride,
            int from,
            int to) {

        private int width() {
            return to - from;
        }

        /** The group's inputs, as the weights of a product with differences of weights. */
        Fp32Weights pack(Matrix inputs) {
            float[] columns = new float[inputs.rows() * width()];
            for (int t = 0; t < inputs.rows(); t++) {
                System.arraycopy(
                        inputs.data(), inputs.offset(t) + from, columns, t * width(), width());
            }
            return kernels.packFp32(columns, inputs.rows(), width());
        }

        /** Thresholds of some rows. */
        float[] search(Fp32Weights inputs, int firstRow, int rows) {
            int width = width();
            float[] largest = new float[rows];
            float[] best = new float[rows];
            double[] least = new double[rows];
            double[] squares = new double[rows];
            Arrays.fill(least, Double.POSITIVE_INFINITY);
            float[] differences = new float[rows * width];
            float[] errors = new float[rows * inputs.outputs()];
            for (int i = 0; i < rows; i++) {
                largest[i] = largest(firstRow + i);
                best[i] = largest[i];
            }
            for (int step = 0; step < TRIED; step++) {
                float share = (float) (1 - (double) step / STEPS);
                for (int i = 0; i < rows; i++) {
                    difference(firstRow + i, largest[i] * share, differences, i * width);
                }
                kernels.multiply(differences, rows, inputs, errors);
                squares(errors, rows, inputs.outputs(), squares);
                for (int i = 0; i < rows; i++) {
                    if (squares[i] < least[i]) {
                        least[i] = squares[i];
                        best[i] = largest[i] * share;
                    }
                }
            }
            return best;
        }

        private float largest(int row) {
            int start = row * stride + from;
            float low = kernels.smallest(weights, start, width());
            return Math.max(0, Math.max(-low, kernels.largest(weights, start, width())));
        }

        /** What clamping and quantizing takes from the weights of a row. */
        private void difference(int row, float most, float[] target, int offset) {
            int source = row * stride + from;
            System.arraycopy(weights, source, target, offset, width());
            clamp(target, offset, offset + width(), most);
            quantizer.simulate(kernels, target, offset, offset + width());
            for (int i = 0; i < width(); i++) {
                target[offset + i] -= weights[source + i];
            }
        }

        /**
         * Sums of squares of some rows; four at a time, for a sum has to wait for the one before.
         */
        private static void squares(float[] values, int rows, int count, double[] sums) {
            int row = 0;
            for (; row < rows - 3; row += 4) {
                int first = row * count;
                int second = first + count;
                int third = second + count;
                int fourth = third + count;
                double a = 0;
                double b = 0;
                double c = 0;
                double d = 0;
                for (int i = 0; i < count; i++) {
                    a += (double) values[first + i] * values[first + i];
                    b += (double) values[second + i] * values[second + i];
                    c += (double) values[third + i] * values[third + i];
                    d += (double) values[fourth + i] * values[fourth + i];
                }
                sums[row] = a;
                sums[row + 1] = b;
                sums[row + 2] = c;
                sums[row + 3] = d;
            }
            for (; row < rows; row++) {
                double sum = 0;
                for (int i = row * count; i < (row + 1) * count; i++) {
                    sum += (double) values[i] * values[i];
                }
                sums[row] = sum;
            }
        }
    }
}

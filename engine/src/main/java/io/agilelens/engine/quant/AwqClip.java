package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
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
        for (int row = 0; row < outputs; row++) {
            for (int g = 0; g < groups; g++) {
                float most = thresholds[row * groups + g];
                clamp(weights, row * inputs + starts[g], row * inputs + starts[g + 1], most);
            }
        }
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
                for (int i = 0; i < rows; i++) {
                    double error = squares(errors, i * inputs.outputs(), inputs.outputs());
                    if (error < least[i]) {
                        least[i] = error;
                        best[i] = largest[i] * share;
                    }
                }
            }
            return best;
        }

        private float largest(int row) {
            float largest = 0;
            for (int i = row * stride + from; i < row * stride + to; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            return largest;
        }

        /** What clamping and quantizing takes from the weights of a row. */
        private void difference(int row, float most, float[] target, int offset) {
            int source = row * stride + from;
            System.arraycopy(weights, source, target, offset, width());
            clamp(target, offset, offset + width(), most);
            quantizer.simulate(target, offset, offset + width());
            for (int i = 0; i < width(); i++) {
                target[offset + i] -= weights[source + i];
            }
        }

        private static double squares(float[] values, int offset, int count) {
            double sum = 0;
            for (int i = offset; i < offset + count; i++) {
                sum += (double) values[i] * values[i];
            }
            return sum;
        }
    }
}

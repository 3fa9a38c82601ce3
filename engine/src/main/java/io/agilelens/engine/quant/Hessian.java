package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.DoubleBands;
import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;

/**
 * The Hessian of a linear layer's squared output error with respect to a row of its weight, {@code
 * H = (2/n) Σ x xᵀ} over all tokens of n calibration sequences. Products of up to {@value
 * #TOKENS_AT_ONCE} tokens are summed in float32, those sums in double precision.
 */
public final class Hessian {
    private static final int TOKENS_AT_ONCE = 512;

    /** Columns whose products are computed at once. */
    private static final int STRIP = DoubleBands.STRIP;

    /** Columns that are written side by side, few enough for the cache to hold their lines. */
    private static final int TRANSPOSED = 16;

    private final Kernels kernels;
    private final int channels;
    private final Cancellation cancellation;

    /** The upper triangle. */
    private final DoubleBands sums;

    private int sequences;

    /**
     * @param channels input channels of the linear
     */
    public Hessian(Kernels kernels, int channels) {
        this(kernels, channels, Cancellation.never());
    }

    /**
     * @param channels input channels of the linear
     * @param cancellation looked at every few milliseconds
     */
    public Hessian(Kernels kernels, int channels, Cancellation cancellation) {
        this.kernels = kernels;
        this.cancellation = cancellation;
        this.channels = channels;
        this.sums = DoubleBands.upperTriangle(channels);
    }

    /** What a Hessian, the factor made from it and the products on the way take, in bytes. */
    public static long bytes(int channels) {
        return 2 * DoubleBands.triangleBytes(channels)
                + (long) channels * (3L * STRIP + 2L * TOKENS_AT_ONCE) * Float.BYTES;
    }

    public int channels() {
        return channels;
    }

    /**
     * Adds a sequence.
     *
     * @param inputs what the linear reads, {@code [tokens, channels]}
     */
    public void add(Matrix inputs) {
        for (int first = 0; first < inputs.rows(); first += TOKENS_AT_ONCE) {
            int tokens = Math.min(TOKENS_AT_ONCE, inputs.rows() - first);
            addProducts(transposed(inputs, first, tokens), tokens);
        }
        sequences++;
    }

    private float[] transposed(Matrix inputs, int first, int tokens) {
        float[] columns = new float[channels * tokens];
        Workers.shared()
                .forRanges(
                        channels,
                        64,
                        (from, to) -> {
                            for (int block = from; block < to; block += TRANSPOSED) {
                                int end = Math.min(to, block + TRANSPOSED);
                                for (int t = 0; t < tokens; t++) {
                                    int row = inputs.offset(first + t);
                                    for (int c = block; c < end; c++) {
                                        columns[c * tokens + t] = inputs.data()[row + c];
                                    }
                                }
                            }
                        });
        return columns;
    }

    /**
     * @param columns {@code [channels, tokens]}
     */
    private void addProducts(float[] columns, int tokens) {
        float[] products = new float[Math.multiplyExact(channels, Math.min(STRIP, channels))];
        for (int from = 0; from < channels; from += STRIP) {
            cancellation.check();
            int to = Math.min(channels, from + STRIP);
            int width = to - from;
            Fp32Weights strip =
                    kernels.packFp32(
                            Arrays.copyOfRange(columns, from * tokens, to * tokens), width, tokens);
            kernels.multiply(columns, to, strip, products);
            int column = from;
            Workers.shared()
                    .forRanges(
                            to,
                            64,
                            (begin, end) -> {
                                for (int i = begin; i < end; i++) {
                                    int at = sums.index(i, column);
                                    addRow(products, i * width, sums.array(i), at, width);
                                }
                            });
        }
    }

    private static void addRow(float[] products, int from, double[] row, int at, int count) {
        for (int j = 0; j < count; j++) {
            row[at + j] += products[from + j];
        }
    }

    /** An element of the Hessian. */
    public double at(int row, int column) {
        return 2 * sums.get(Math.min(row, column), Math.max(row, column)) / sequences;
    }
}

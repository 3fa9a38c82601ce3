package io.agilelens.engine.quant;

import java.util.Comparator;
import java.util.stream.IntStream;

/** METHOD §4 line by line, in double precision, without any thought of speed. */
final class GptqReference {
    final int[][] codes;
    final int[] groupOf;
    final double[][] scales;
    double loss;

    /**
     * @param samples sequences of tokens of channels
     * @param weight rows of channels
     */
    GptqReference(
            float[][][] samples,
            float[][] weight,
            Gptq.Settings settings,
            double damping,
            boolean activationOrder) {
        int n = weight[0].length;
        int rows = weight.length;
        double[][] h = hessian(samples, n);
        double[][] w = new double[rows][n];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < n; c++) {
                w[r][c] = weight[r][c];
            }
        }
        int g = settings.group() < 1 ? n : settings.group();
        int groups = (n + g - 1) / g;
        double[][][] quantizers = new double[rows][groups][];
        for (int r = 0; r < rows && settings.group() < 1; r++) {
            quantizers[r][0] = fit(w[r], 0, n, settings);
        }
        for (int c = 0; c < n; c++) {
            if (h[c][c] == 0) {
                h[c][c] = 1;
                for (double[] row : w) {
                    row[c] = 0;
                }
            }
        }
        for (int r = 0; r < rows && settings.group() >= 1 && settings.staticGroups(); r++) {
            for (int i = 0; i < groups; i++) {
                quantizers[r][i] = fit(w[r], i * g, Math.min(n, (i + 1) * g), settings);
            }
        }
        int[] perm = IntStream.range(0, n).toArray();
        if (activationOrder) {
            perm =
                    IntStream.range(0, n)
                            .boxed()
                            .sorted(Comparator.comparingDouble((Integer c) -> -h[c][c]))
                            .mapToInt(c -> c)
                            .toArray();
        }
        double mean = IntStream.range(0, n).mapToDouble(c -> h[c][c]).average().orElseThrow();
        double[][] ordered = new double[n][n];
        double[][] x = new double[rows][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                ordered[i][j] = h[perm[i]][perm[j]] + (i == j ? damping * mean : 0);
            }
            for (int r = 0; r < rows; r++) {
                x[r][i] = w[r][perm[i]];
            }
        }
        double[][] u = upperCholesky(inverse(ordered));
        codes = new int[rows][n];
        groupOf = new int[n];
        scales = new double[rows][groups];
        for (int start = 0; start < n; start += settings.block()) {
            int end = Math.min(n, start + settings.block());
            for (int r = 0; r < rows; r++) {
                double[] block = x[r].clone();
                double[] errors = new double[n];
                for (int c = start; c < end; c++) {
                    int group = (settings.staticGroups() ? perm[c] : c) / g;
                    if (settings.group() >= 1 && !settings.staticGroups() && c % g == 0) {
                        quantizers[r][group] = fit(x[r], c, Math.min(n, c + g), settings);
                    }
                    double scale = quantizers[r][group][0];
                    double zero = quantizers[r][group][1];
                    double largest = (1 << settings.bits()) - 1;
                    double code = Math.clamp(Math.rint(block[c] / scale) + zero, 0, largest);
                    double quantized = scale * (code - zero);
                    errors[c] = (block[c] - quantized) / u[c][c];
                    loss += 0.5 * errors[c] * errors[c];
                    for (int j = c; j < end; j++) {
                        block[j] -= errors[c] * u[c][j];
                    }
                    codes[r][perm[c]] = (int) code;
                    groupOf[perm[c]] = group;
                    scales[r][group] = scale;
                }
                for (int j = end; j < n; j++) {
                    for (int c = start; c < end; c++) {
                        x[r][j] -= errors[c] * u[c][j];
                    }
                }
            }
        }
    }

    private static double[] fit(double[] row, int from, int to, Gptq.Settings settings) {
        double low = 0;
        double high = 0;
        for (int c = from; c < to; c++) {
            low = Math.min(low, row[c]);
            high = Math.max(high, row[c]);
        }
        if (settings.symmetric()) {
            high = Math.max(-low, high);
            low = -high;
        }
        if (low == 0 && high == 0) {
            low = -1;
            high = 1;
        }
        double largest = (1 << settings.bits()) - 1;
        double scale = (high - low) / largest;
        double zero = settings.symmetric() ? (largest + 1) / 2 : Math.rint(-low / scale);
        return new double[] {scale, zero};
    }

    static double[][] hessian(float[][][] samples, int n) {
        double[][] h = new double[n][n];
        for (float[][] sample : samples) {
            for (float[] token : sample) {
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        h[i][j] += 2.0 / samples.length * token[i] * token[j];
                    }
                }
            }
        }
        return h;
    }

    private static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        double[][] left = new double[n][];
        double[][] right = new double[n][n];
        for (int i = 0; i < n; i++) {
            left[i] = matrix[i].clone();
            right[i][i] = 1;
        }
        for (int p = 0; p < n; p++) {
            double pivot = left[p][p];
            for (int j = 0; j < n; j++) {
                left[p][j] /= pivot;
                right[p][j] /= pivot;
            }
            for (int i = 0; i < n; i++) {
                double factor = left[i][p];
                if (i != p && factor != 0) {
                    for (int j = 0; j < n; j++) {
                        left[i][j] -= factor * left[p][j];
                        right[i][j] -= factor * right[p][j];
                    }
                }
            }
        }
        return right;
    }

    /** U with {@code A = Uᵀ · U}. */
    private static double[][] upperCholesky(double[][] a) {
        int n = a.length;
        double[][] u = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                double sum = a[i][j];
                for (int k = 0; k < i; k++) {
                    sum -= u[k][i] * u[k][j];
                }
                u[i][j] = i == j ? Math.sqrt(sum) : sum / u[i][i];
            }
        }
        return u;
    }
}

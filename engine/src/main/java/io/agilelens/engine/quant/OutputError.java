package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.tensor.Matrix;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Squared differences of outputs, summed row by row, whatever the number of threads. */
public final class OutputError {

    private static final int ROWS_PER_PIECE = 8;
    private static final int ELEMENTS_PER_PIECE = 1 << 15;

    private OutputError() {}

    /** The sum of squared differences of two matrices of the same shape. */
    public static double sumOfSquares(Matrix actual, Matrix expected) {
        return sum(
                actual.rows(),
                row -> {
                    double sum = 0;
                    for (int i = actual.offset(row); i < actual.offset(row + 1); i++) {
                        float difference = actual.data()[i] - expected.data()[i];
                        sum += (double) difference * difference;
                    }
                    return sum;
                });
    }

    /**
     * The mean squared difference of a linear layer's outputs if its weights change: the product
     * with the difference of the weights is the difference of the outputs.
     *
     * @param original {@code [outputs, inputs]}
     * @param changed {@code [outputs, inputs]}; becomes the difference
     * @param inputs matrices {@code [tokens, inputs]}
     */
    public static double meanOfSquares(
            Kernels kernels, float[] original, float[] changed, int outputs, List<Matrix> inputs) {
        subtract(original, changed);
        Fp32Weights packed = kernels.packFp32(changed, outputs, changed.length / outputs);
        double sum = 0;
        long count = 0;
        Matrix given = null;
        for (Matrix x : inputs) {
            if (given == null || given.rows() != x.rows()) {
                given = Matrix.zeros(x.rows(), outputs);
            }
            Matrix product = given;
            kernels.multiply(x.data(), x.rows(), packed, product.data());
            sum += sum(x.rows(), row -> sumOfSquares(product, row));
            count += (long) x.rows() * outputs;
        }
        return sum / count;
    }

    private static void subtract(float[] original, float[] changed) {
        Workers.shared()
                .forRanges(
                        changed.length,
                        ELEMENTS_PER_PIECE,
                        (from, to) -> {
                            for (int i = from; i < to; i++) {
                                changed[i] -= original[i];
                            }
                        });
    }

    /**
     * The same by the products of inputs with each other: with D the difference of the weights and
     * G the sum of {@code x xᵀ}, the squares sum to the trace of {@code D · G · Dᵀ}. That takes
     * {@code inputs} multiplications a weight where the outputs take one a token. G and {@code D ·
     * G} being float32, the result is off by at most {@code (inputs + 2) · 2^-24} of what it were
     * if all elements of D and G were positive.
     *
     * @param original {@code [outputs, inputs]}
     * @param changed {@code [outputs, inputs]}; becomes the difference
     * @param room {@code [outputs, inputs]}; overwritten
     */
    public static double meanOfSquares(
            Kernels kernels,
            float[] original,
            float[] changed,
            int outputs,
            InputProducts inputs,
            float[] room) {
        subtract(original, changed);
        kernels.multiply(changed, outputs, inputs.products(), room);
        int width = inputs.products().inputs();
        double sum =
                sum(
                        outputs,
                        row -> {
                            double product = 0;
                            for (int i = row * width; i < (row + 1) * width; i++) {
                                product += (double) room[i] * changed[i];
                            }
                            return product;
                        });
        return sum / (inputs.tokens() * outputs);
    }

    private static double sumOfSquares(Matrix x, int row) {
        double sum = 0;
        for (int i = x.offset(row); i < x.offset(row + 1); i++) {
            sum += (double) x.data()[i] * x.data()[i];
        }
        return sum;
    }

    private static double sum(int rows, IntToDoubleFunction ofRow) {
        double[] sums = new double[rows];
        Workers.shared()
                .forRanges(
                        rows,
                        ROWS_PER_PIECE,
                        (from, to) -> {
                            for (int row = from; row < to; row++) {
                                sums[row] = ofRow.applyAsDouble(row);
                            }
                        });
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        return total;
    }
}

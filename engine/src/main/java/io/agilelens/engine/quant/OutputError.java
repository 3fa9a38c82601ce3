package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.tensor.Matrix;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Squared differences of outputs, summed row by row, whatever the number of threads. */
public final class OutputError {

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
        for (int i = 0; i < changed.length; i++) {
            changed[i] -= original[i];
        }
        Fp32Weights packed = kernels.packFp32(changed, outputs, changed.length / outputs);
        double sum = 0;
        long count = 0;
        for (Matrix x : inputs) {
            Matrix given = Matrix.zeros(x.rows(), outputs);
            kernels.multiply(x.data(), x.rows(), packed, given.data());
            sum += sum(x.rows(), row -> sumOfSquares(given, row));
            count += (long) x.rows() * outputs;
        }
        return sum / count;
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
                        1,
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

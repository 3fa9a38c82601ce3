package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.List;

/**
 * The products of a linear layer's input channels with each other, summed over tokens: all that the
 * squared error of its outputs depends on, whatever happens to its weights.
 *
 * @param products {@code [channels, channels]}, symmetric
 * @param tokens summed over
 */
public record InputProducts(Fp32Weights products, long tokens) {

    /**
     * @param inputs matrices {@code [tokens, channels]}
     */
    public static InputProducts of(
            Kernels kernels, List<Matrix> inputs, Cancellation cancellation) {
        int channels = inputs.getFirst().columns();
        Hessian hessian = new Hessian(kernels, channels);
        long tokens = 0;
        for (Matrix x : inputs) {
            cancellation.check();
            hessian.add(x);
            tokens += x.rows();
        }
        double half = inputs.size() / 2.0;
        Fp32Weights products =
                kernels.packFp32(
                        (first, count, target) -> {
                            for (int i = 0; i < count; i++) {
                                for (int c = 0; c < channels; c++) {
                                    target[i * channels + c] =
                                            (float) (hessian.at(first + i, c) * half);
                                }
                            }
                        },
                        channels,
                        channels);
        return new InputProducts(products, tokens);
    }

    /**
     * Whether the error of the outputs is found sooner by these than by the outputs themselves.
     *
     * @param inputs matrices {@code [tokens, channels]}
     */
    public static boolean pay(List<Matrix> inputs) {
        return inputs.stream().mapToLong(Matrix::rows).sum() > inputs.getFirst().columns();
    }
}

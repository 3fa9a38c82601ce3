package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import java.util.function.IntConsumer;

/**
 * AWQ's weight quantizer (METHOD §3), every step in float32. Per row and group of input channels
 * the asymmetric form is {@code scale = max(max − min, 1e-5) / (2^b − 1)}, {@code zero =
 * clamp(−round(min / scale))}, {@code code = clamp(round(w / scale) + zero)}; the range is not
 * widened to contain 0. The symmetric form is {@code scale = max(max|w|, 1e-5) / (2^(b−1) − 1)}
 * with codes −2^(b−1)…2^(b−1)−1, stored with 2^(b−1) added. Source: llm-awq, {@code
 * pseudo_quantize_tensor}.
 *
 * @param bits 2…8
 * @param groupSize input channels a group, or −1 for whole rows
 * @param symmetric range symmetric around zero
 */
public record AwqQuantizer(int bits, int groupSize, boolean symmetric) {
    private static final float LEAST_RANGE = 1e-5f;

    /** Rows worth a piece of parallel work. */
    private static final int ROWS_A_PIECE = 16;

    /**
     * @param weights {@code [outputs, inputs]}
     */
    public QuantizedWeight quantize(Kernels kernels, float[] weights, int outputs, int inputs) {
        int[] starts = groupStarts(inputs);
        int groups = starts.length - 1;
        byte[] codes = new byte[outputs * inputs];
        float[] scales = new float[outputs * groups];
        int[] zeros = new int[outputs * groups];
        forRows(
                outputs,
                row -> {
                    for (int g = 0; g < groups; g++) {
                        int from = row * inputs + starts[g];
                        int to = row * inputs + starts[g + 1];
                        float low = kernels.smallest(weights, from, to - from);
                        float scale = scale(low, kernels.largest(weights, from, to - from));
                        float zero = zero(low, scale);
                        scales[row * groups + g] = scale;
                        zeros[row * groups + g] = (int) zero;
                        for (int i = from; i < to; i++) {
                            codes[i] = (byte) (int) code(weights[i], scale, zero);
                        }
                    }
                });
        return new QuantizedWeight(
                outputs, inputs, bits, QuantizedWeight.groupOf(starts), codes, scales, zeros);
    }

    /** First input of each group and, last, {@code inputs}. */
    public int[] groupStarts(int inputs) {
        return QuantizedWeight.groupStarts(inputs, groupSize);
    }

    /**
     * What the weights are once their columns are multiplied with scales, quantized, and divided by
     * the scales again.
     *
     * @param weights {@code [outputs, inputs]}
     * @param scales {@code [inputs]}, positive
     * @return {@code [outputs, inputs]}; a fresh array
     */
    public float[] simulate(
            Kernels kernels, float[] weights, int outputs, int inputs, float[] scales) {
        float[] simulated = new float[outputs * inputs];
        simulate(kernels, weights, outputs, inputs, scales, simulated);
        return simulated;
    }

    /**
     * The same into an array that is there.
     *
     * @param simulated {@code [outputs, inputs]}
     */
    public void simulate(
            Kernels kernels,
            float[] weights,
            int outputs,
            int inputs,
            float[] scales,
            float[] simulated) {
        int[] starts = groupStarts(inputs);
        forRows(
                outputs,
                row -> {
                    int offset = row * inputs;
                    for (int c = 0; c < inputs; c++) {
                        simulated[offset + c] = weights[offset + c] * scales[c];
                    }
                    for (int g = 0; g < starts.length - 1; g++) {
                        simulate(kernels, simulated, offset + starts[g], offset + starts[g + 1]);
                    }
                    for (int c = 0; c < inputs; c++) {
                        simulated[offset + c] /= scales[c];
                    }
                });
    }

    /** Quantizes one group in place. */
    void simulate(Kernels kernels, float[] weights, int from, int to) {
        float low = kernels.smallest(weights, from, to - from);
        float scale = scale(low, kernels.largest(weights, from, to - from));
        kernels.quantizeGroup(weights, from, to - from, scale, zero(low, scale), largest());
    }

    private float scale(float low, float high) {
        return symmetric
                ? Math.max(Math.max(-low, high), LEAST_RANGE) / ((1 << bits - 1) - 1)
                : Math.max(high - low, LEAST_RANGE) / largest();
    }

    private float zero(float low, float scale) {
        return symmetric ? 1 << bits - 1 : clamp(-FloatRounding.round(low / scale));
    }

    private float code(float weight, float scale, float zero) {
        return clamp(FloatRounding.round(weight / scale) + zero);
    }

    private int largest() {
        return (1 << bits) - 1;
    }

    private float clamp(float code) {
        return Math.min(Math.max(code, 0), largest());
    }

    private static void forRows(int rows, IntConsumer body) {
        Workers.shared().forEach(rows, ROWS_A_PIECE, body);
    }
}

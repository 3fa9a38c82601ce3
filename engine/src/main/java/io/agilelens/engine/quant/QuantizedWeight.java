package io.agilelens.engine.quant;

import java.util.Arrays;

/**
 * A linear layer's weight in groups of input channels: {@code ŵ[o,c] = (code[o,c] − zero[o,g]) ·
 * scale[o,g]}, {@code g} the group of {@code c}. The arrays are shared: read only.
 *
 * @param outputs output channels
 * @param inputs input channels
 * @param bits 2…8
 * @param groupStarts first input of each group and, last, {@code inputs}
 * @param codes {@code [outputs, inputs]}, unsigned {@code 0 … 2^bits−1}
 * @param scales {@code [outputs, groups]}
 * @param zeros {@code [outputs, groups]}, {@code 0 … 2^bits−1}
 */
public record QuantizedWeight(
        int outputs,
        int inputs,
        int bits,
        int[] groupStarts,
        byte[] codes,
        float[] scales,
        int[] zeros) {

    public int groups() {
        return groupStarts.length - 1;
    }

    public int code(int output, int input) {
        return codes[output * inputs + input] & 0xff;
    }

    /** The weight as floats, {@code [outputs, inputs]}; a fresh array. */
    public float[] dequantize() {
        float[] values = new float[Math.multiplyExact(outputs, inputs)];
        dequantize(0, values, 0, values.length);
        return values;
    }

    /**
     * Some of the weights as floats.
     *
     * @param first index of the first, row-major
     * @param target receives {@code count} values from {@code offset} on
     */
    public void dequantize(long first, float[] target, int offset, int count) {
        long last = first + count;
        for (long at = first; at < last; ) {
            int output = (int) (at / inputs);
            int from = (int) (at % inputs);
            int to = (int) Math.min(inputs, from + last - at);
            dequantizeRow(output, from, to, target, offset + (int) (at - first));
            at += to - from;
        }
    }

    private void dequantizeRow(int output, int from, int to, float[] target, int offset) {
        int place = Arrays.binarySearch(groupStarts, from);
        int group = place >= 0 ? place : -place - 2;
        for (int start = from; start < to; group++) {
            float scale = scales[output * groups() + group];
            int zero = zeros[output * groups() + group];
            int end = Math.min(to, groupStarts[group + 1]);
            for (int c = start; c < end; c++) {
                target[offset + c - from] = scale * (code(output, c) - zero);
            }
            start = end;
        }
    }

    /**
     * Stored bits of all weights: codes, and a half-precision scale and a zero point of {@code
     * bits} bits for each output and group, as the common file formats have them.
     */
    public long storedBits() {
        return (long) outputs * inputs * bits + (long) outputs * groups() * (16 + bits);
    }

    /** Groups of {@code size} inputs, the last one perhaps shorter; one group if size is −1. */
    public static int[] groupStarts(int inputs, int size) {
        int width = size < 1 ? inputs : size;
        int groups = (inputs + width - 1) / width;
        int[] starts = new int[groups + 1];
        for (int g = 0; g <= groups; g++) {
            starts[g] = Math.min(inputs, g * width);
        }
        return starts;
    }
}

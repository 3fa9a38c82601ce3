package io.agilelens.engine.quant;

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
        float[] values = new float[outputs * inputs];
        for (int o = 0; o < outputs; o++) {
            for (int g = 0; g < groups(); g++) {
                float scale = scales[o * groups() + g];
                int zero = zeros[o * groups() + g];
                for (int c = groupStarts[g]; c < groupStarts[g + 1]; c++) {
                    values[o * inputs + c] = scale * (code(o, c) - zero);
                }
            }
        }
        return values;
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

package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Workers;
import java.util.Arrays;

/**
 * A linear layer's weight in groups of input channels: {@code ŵ[o,c] = (code[o,c] − zero[o,g]) ·
 * scale[o,g]}, {@code g} the group of {@code c}. Groups are runs of neighbouring channels unless
 * the weight was quantized in another order (GPTQ's activation order). The arrays are shared: read
 * only.
 *
 * @param outputs output channels
 * @param inputs input channels
 * @param bits 2…8
 * @param groupOf the group of each input, {@code [inputs]}, {@code 0 … groups−1}
 * @param codes {@code [outputs, inputs]}, unsigned {@code 0 … 2^bits−1}
 * @param scales {@code [outputs, groups]}
 * @param zeros {@code [outputs, groups]}, {@code 0 … 2^bits−1}
 */
public record QuantizedWeight(
        int outputs,
        int inputs,
        int bits,
        int[] groupOf,
        byte[] codes,
        float[] scales,
        int[] zeros) {

    /** Fewer weights than this are not worth another thread. */
    private static final int WEIGHTS_PER_PIECE = 1 << 16;

    public int groups() {
        return scales.length / outputs;
    }

    /** Whether every group is a run of neighbouring inputs, the groups following each other. */
    public boolean hasContiguousGroups() {
        int group = 0;
        for (int c = 0; c < inputs; c++) {
            if (groupOf[c] != group && groupOf[c] != ++group) {
                return false;
            }
        }
        return group == groups() - 1 && groupOf[0] == 0;
    }

    /**
     * First input of each group and, last, {@code inputs}; for contiguous groups only.
     *
     * @throws IllegalStateException if groups are not contiguous
     */
    public int[] groupStarts() {
        if (!hasContiguousGroups()) {
            throw new IllegalStateException("the groups are not runs of neighbouring inputs");
        }
        int[] starts = new int[groups() + 1];
        for (int c = 1; c < inputs; c++) {
            if (groupOf[c] != groupOf[c - 1]) {
                starts[groupOf[c]] = c;
            }
        }
        starts[groups()] = inputs;
        return starts;
    }

    /** The weight of some neighbouring outputs; this itself if it is all of them. */
    public QuantizedWeight rows(int first, int count) {
        if (count == outputs) {
            return this;
        }
        int groups = groups();
        int end = first + count;
        return new QuantizedWeight(
                count,
                inputs,
                bits,
                groupOf,
                Arrays.copyOfRange(codes, first * inputs, end * inputs),
                Arrays.copyOfRange(scales, first * groups, end * groups),
                Arrays.copyOfRange(zeros, first * groups, end * groups));
    }

    public int code(int output, int input) {
        return codes[output * inputs + input] & 0xff;
    }

    /** How far neighbouring levels of an output's weights in a group are apart. */
    public float step(int output, int group) {
        return scales[output * groups() + group];
    }

    /** The values that an output's weights in a group can have, rising, {@code [2^bits]}. */
    public double[] levels(int output, int group) {
        int place = output * groups() + group;
        double[] levels = new double[1 << bits];
        for (int code = 0; code < levels.length; code++) {
            levels[code] = scales[place] * (code - zeros[place]);
        }
        return levels;
    }

    /** The weight as floats, {@code [outputs, inputs]}; a fresh array. */
    public float[] dequantize() {
        float[] values = new float[Math.multiplyExact(outputs, inputs)];
        Workers.shared()
                .forRanges(
                        outputs,
                        1 + WEIGHTS_PER_PIECE / inputs,
                        (from, to) -> {
                            for (int output = from; output < to; output++) {
                                dequantizeRow(output, 0, inputs, values, output * inputs);
                            }
                        });
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
        int row = output * inputs;
        int c = from;
        while (c < to) {
            int group = groupOf[c];
            int end = c + 1;
            while (end < to && groupOf[end] == group) {
                end++;
            }
            float scale = scales[output * groups() + group];
            int zero = zeros[output * groups() + group];
            for (int i = c; i < end; i++) {
                target[offset + i - from] = scale * ((codes[row + i] & 0xff) - zero);
            }
            c = end;
        }
    }

    /**
     * Stored bits of all weights: codes, and a half-precision scale and a zero point of {@code
     * bits} bits for each output and group, as the common file formats have them.
     */
    public long storedBits() {
        return storedBits(outputs, inputs, bits, groups());
    }

    /** What {@link #storedBits()} of a weight of these dimensions is. */
    public static long storedBits(int outputs, int inputs, int bits, int groups) {
        return (long) outputs * inputs * bits + (long) outputs * groups * (16 + bits);
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

    /** The group of each input where groups are runs that begin at these inputs. */
    public static int[] groupOf(int[] groupStarts) {
        int[] groupOf = new int[groupStarts[groupStarts.length - 1]];
        for (int g = 0; g < groupStarts.length - 1; g++) {
            Arrays.fill(groupOf, groupStarts[g], groupStarts[g + 1], g);
        }
        return groupOf;
    }
}

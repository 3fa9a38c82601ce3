package io.agilelens.engine.quant;

/** Round-to-nearest weight quantization: each row and group has its own {@link RowQuantizer}. */
public final class RoundToNearest {

    private RoundToNearest() {}

    /**
     * @param weights {@code [outputs, inputs]}
     * @param bits 2…8
     * @param groupSize input channels a group, or −1 for whole rows
     * @param symmetric range symmetric around zero, zero point in the middle
     */
    public static QuantizedWeight quantize(
            float[] weights, int outputs, int inputs, int bits, int groupSize, boolean symmetric) {
        int[] starts = QuantizedWeight.groupStarts(inputs, groupSize);
        int groups = starts.length - 1;
        RowQuantizer quantizer = new RowQuantizer(bits, symmetric);
        byte[] codes = new byte[outputs * inputs];
        float[] scales = new float[outputs * groups];
        int[] zeros = new int[outputs * groups];
        for (int o = 0; o < outputs; o++) {
            for (int g = 0; g < groups; g++) {
                int from = o * inputs + starts[g];
                int to = o * inputs + starts[g + 1];
                int place = o * groups + g;
                quantizer.fit(weights, from, to, scales, zeros, place);
                for (int i = from; i < to; i++) {
                    codes[i] = (byte) quantizer.encode(weights[i], scales[place], zeros[place]);
                }
            }
        }
        return new QuantizedWeight(
                outputs, inputs, bits, QuantizedWeight.groupOf(starts), codes, scales, zeros);
    }
}

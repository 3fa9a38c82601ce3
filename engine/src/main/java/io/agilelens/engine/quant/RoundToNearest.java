package io.agilelens.engine.quant;

/**
 * Round-to-nearest weight quantization with GPTQ's row quantizer (METHOD §4): each row and group
 * has its own scale and zero point, the range is widened to contain 0, and the zero point is added
 * after rounding. All in float32.
 *
 * <p>The symmetric range is symmetric for every group. GPTQ's own code leaves it one-sided where a
 * group has no negative weight, which clips the upper half of such a group.
 */
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
        int largest = (1 << bits) - 1;
        byte[] codes = new byte[outputs * inputs];
        float[] scales = new float[outputs * groups];
        int[] zeros = new int[outputs * groups];
        for (int o = 0; o < outputs; o++) {
            for (int g = 0; g < groups; g++) {
                int from = o * inputs + starts[g];
                int to = o * inputs + starts[g + 1];
                float low = 0;
                float high = 0;
                for (int i = from; i < to; i++) {
                    low = Math.min(low, weights[i]);
                    high = Math.max(high, weights[i]);
                }
                if (symmetric) {
                    high = Math.max(-low, high);
                    low = -high;
                }
                if (low == 0 && high == 0) {
                    low = -1;
                    high = 1;
                }
                float scale = (high - low) / largest;
                int zero =
                        symmetric
                                ? (largest + 1) / 2
                                : Math.clamp((long) Math.rint(-low / scale), 0, largest);
                scales[o * groups + g] = scale;
                zeros[o * groups + g] = zero;
                for (int i = from; i < to; i++) {
                    double code = Math.rint(weights[i] / scale) + zero;
                    codes[i] = (byte) Math.clamp(code, 0, largest);
                }
            }
        }
        return new QuantizedWeight(
                outputs, inputs, bits, QuantizedWeight.groupOf(starts), codes, scales, zeros);
    }
}

package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Workers;

/** Round-to-nearest weight quantization: each row and group has its own {@link RowQuantizer}. */
public final class RoundToNearest {

    /** Fewer weights than this are not worth another thread. */
    private static final int WEIGHTS_PER_PIECE = 1 << 14;

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
        Workers.shared()
                .forRanges(
                        outputs,
                        1 + WEIGHTS_PER_PIECE / inputs,
                        (first, end) -> {
                            for (int place = first * groups; place < end * groups; place++) {
                                int row = place / groups * inputs;
                                int from = row + starts[place % groups];
                                int to = row + starts[place % groups + 1];
                                quantizer.fit(weights, from, to, scales, zeros, place);
                                float scale = scales[place];
                                int zero = zeros[place];
                                for (int i = from; i < to; i++) {
                                    codes[i] = (byte) quantizer.encode(weights[i], scale, zero);
                                }
                            }
                        });
        return new QuantizedWeight(
                outputs, inputs, bits, QuantizedWeight.groupOf(starts), codes, scales, zeros);
    }
}

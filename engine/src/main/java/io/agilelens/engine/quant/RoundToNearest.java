package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.tensor.Tensor;
import java.util.Arrays;

/** Round-to-nearest weight quantization: each row and group has its own {@link RowQuantizer}. */
public final class RoundToNearest {

    /** Fewer weights than this are not worth another thread. */
    private static final int WEIGHTS_PER_PIECE = 1 << 14;

    private RoundToNearest() {}

    /** Where weights come from, a row at a time; asked by several threads. */
    @FunctionalInterface
    private interface Rows {
        void read(int row, float[] target);
    }

    /**
     * @param weights {@code [outputs, inputs]}
     * @param bits 2…8
     * @param groupSize input channels a group, or −1 for whole rows
     * @param symmetric range symmetric around zero, zero point in the middle
     */
    public static QuantizedWeight quantize(
            float[] weights, int outputs, int inputs, int bits, int groupSize, boolean symmetric) {
        return quantize(
                (row, target) -> System.arraycopy(weights, row * inputs, target, 0, inputs),
                outputs,
                inputs,
                groupSize,
                new RowQuantizer(bits, symmetric));
    }

    /** The same of a stored weight, of which a row is in memory at a time. */
    public static QuantizedWeight quantize(
            Tensor weights, int outputs, int inputs, int bits, int groupSize, boolean symmetric) {
        return quantize(
                (row, target) -> weights.widen((long) row * inputs, target, 0, inputs),
                outputs,
                inputs,
                groupSize,
                new RowQuantizer(bits, symmetric));
    }

    private static QuantizedWeight quantize(
            Rows weights, int outputs, int inputs, int groupSize, RowQuantizer quantizer) {
        int[] starts = QuantizedWeight.groupStarts(inputs, groupSize);
        int groups = starts.length - 1;
        byte[] codes = new byte[Math.multiplyExact(outputs, inputs)];
        float[] scales = new float[outputs * groups];
        int[] zeros = new int[outputs * groups];
        Workers.shared()
                .forRanges(
                        outputs,
                        1 + WEIGHTS_PER_PIECE / inputs,
                        (first, end) -> {
                            float[] values = new float[inputs];
                            float[] scaleOf = new float[inputs];
                            float[] zeroOf = new float[inputs];
                            for (int row = first; row < end; row++) {
                                weights.read(row, values);
                                for (int g = 0; g < groups; g++) {
                                    int from = starts[g];
                                    int to = starts[g + 1];
                                    int place = row * groups + g;
                                    quantizer.fit(values, from, to, scales, zeros, place);
                                    Arrays.fill(scaleOf, from, to, scales[place]);
                                    Arrays.fill(zeroOf, from, to, zeros[place]);
                                }
                                quantizer.encode(values, scaleOf, zeroOf, codes, row * inputs);
                            }
                        });
        return new QuantizedWeight(
                outputs,
                inputs,
                quantizer.bits(),
                QuantizedWeight.groupOf(starts),
                codes,
                scales,
                zeros);
    }
}

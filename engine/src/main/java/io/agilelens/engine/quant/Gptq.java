package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import java.util.Arrays;

/**
 * GPTQ (Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
 * Transformers", 2023; METHOD §4): columns are rounded one after the other, and the error of each
 * is spread over those that follow so that the layer's output changes least. Inside a block of
 * columns rows are independent; the block's errors reach the rest of the weight as one product.
 *
 * <p>The result does not depend on the number of threads.
 */
public final class Gptq {
    /** Rows that one thread works on at once. */
    private static final int ROWS = 64;

    private final Kernels kernels;
    private final Settings settings;

    /**
     * How a weight is quantized.
     *
     * @param bits 2…8
     * @param group input channels a group, or −1 for whole rows
     * @param symmetric range symmetric around zero, zero point in the middle
     * @param staticGroups whether scales come from the original weight, groups being neighbouring
     *     channels; otherwise from the weight as it is when a group's turn comes, groups being
     *     channels that are quantized one after the other
     * @param block columns whose errors are gathered before the rest of the weight sees them
     */
    public record Settings(
            int bits, int group, boolean symmetric, boolean staticGroups, int block) {}

    /**
     * A weight and what quantizing it cost.
     *
     * @param loss ½ Σ (w − q)² / U_cc², the estimated increase of the layer's squared error
     */
    public record Result(QuantizedWeight weight, double loss) {}

    public Gptq(Kernels kernels, Settings settings) {
        this.kernels = kernels;
        this.settings = settings;
    }

    /**
     * @param weights {@code [outputs, channels]}; stays as it is
     */
    public Result quantize(float[] weights, int outputs, InverseHessian inverse) {
        return new Run(weights, outputs, inverse).result();
    }

    /** One weight on its way. All columns are counted in the order of quantizing. */
    private final class Run {
        private final InverseHessian inverse;
        private final RowQuantizer quantizer;
        private final int outputs;
        private final int inputs;
        private final int groups;

        /** The weight as updated so far, {@code [outputs, inputs]}. */
        private final float[] updated;

        /** The group of each column. */
        private final int[] groupOf;

        private final float[] scales;
        private final int[] zeros;

        /** In the original order of columns. */
        private final byte[] codes;

        /** Of each row. */
        private final double[] losses;

        Run(float[] weights, int outputs, InverseHessian inverse) {
            this.inverse = inverse;
            this.outputs = outputs;
            this.inputs = inverse.channels();
            if (weights.length != (long) outputs * inputs) {
                throw new IllegalArgumentException(
                        "%d weights do not fill [%d, %d]"
                                .formatted(weights.length, outputs, inputs));
            }
            quantizer = new RowQuantizer(settings.bits(), settings.symmetric());
            int[] starts = QuantizedWeight.groupStarts(inputs, settings.group());
            groups = starts.length - 1;
            scales = new float[outputs * groups];
            zeros = new int[outputs * groups];
            codes = new byte[weights.length];
            losses = new double[outputs];
            int[] neighbours = QuantizedWeight.groupOf(starts);
            groupOf = neighbours.clone();
            if (settings.staticGroups()) {
                for (int c = 0; c < inputs; c++) {
                    groupOf[c] = neighbours[inverse.order()[c]];
                }
            }
            updated = new float[weights.length];
            Workers.shared()
                    .forRanges(
                            outputs,
                            ROWS,
                            (first, end) -> {
                                for (int row = first; row < end; row++) {
                                    begin(weights, row, starts);
                                }
                            });
        }

        /** Takes a row over into the order of quantizing, and fits what is fitted beforehand. */
        private void begin(float[] weights, int row, int[] starts) {
            float[] original = Arrays.copyOfRange(weights, row * inputs, (row + 1) * inputs);
            if (isWholeRows()) {
                quantizer.fit(original, 0, inputs, scales, zeros, row);
            }
            for (int c = 0; c < inputs; c++) {
                if (inverse.isDead(c)) {
                    original[c] = 0;
                }
            }
            if (!isWholeRows() && settings.staticGroups()) {
                for (int g = 0; g < groups; g++) {
                    quantizer.fit(
                            original, starts[g], starts[g + 1], scales, zeros, row * groups + g);
                }
            }
            for (int c = 0; c < inputs; c++) {
                updated[row * inputs + c] = original[inverse.order()[c]];
            }
        }

        Result result() {
            for (int from = 0; from < inputs; from += settings.block()) {
                quantize(from, (int) Math.min(inputs, (long) from + settings.block()));
            }
            int[] groupOfChannel = new int[inputs];
            for (int c = 0; c < inputs; c++) {
                groupOfChannel[inverse.order()[c]] = groupOf[c];
            }
            double loss = 0;
            for (double ofRow : losses) {
                loss += ofRow;
            }
            return new Result(
                    new QuantizedWeight(
                            outputs, inputs, settings.bits(), groupOfChannel, codes, scales, zeros),
                    loss);
        }

        private void quantize(int from, int to) {
            int count = to - from;
            int rest = inputs - to;
            float[] factor = new float[count * count];
            float[] following = new float[rest * count];
            for (int i = 0; i < count; i++) {
                for (int j = i; j < count; j++) {
                    factor[i * count + j] = (float) inverse.factor(from + i, from + j);
                }
                for (int j = 0; j < rest; j++) {
                    following[j * count + i] = (float) inverse.factor(from + i, to + j);
                }
            }
            Fp32Weights packed = rest == 0 ? null : kernels.packFp32(following, rest, count);
            Workers.shared()
                    .forRanges(
                            (outputs + ROWS - 1) / ROWS,
                            1,
                            (first, end) -> {
                                for (int chunk = first; chunk < end; chunk++) {
                                    int row = chunk * ROWS;
                                    int rows = Math.min(ROWS, outputs - row);
                                    quantizeRows(row, rows, from, to, factor, packed);
                                }
                            });
        }

        /**
         * @param factor U of the block, {@code [count, count]}
         * @param following Uᵀ of the columns behind the block, {@code [rest, count]}, or null
         */
        private void quantizeRows(
                int firstRow, int rows, int from, int to, float[] factor, Fp32Weights following) {
            int count = to - from;
            float[] errors = new float[rows * count];
            float[] current = new float[count];
            for (int r = 0; r < rows; r++) {
                int row = firstRow + r;
                System.arraycopy(updated, row * inputs + from, current, 0, count);
                quantizeRow(row, from, current, factor, errors, r * count);
            }
            if (following == null) {
                return;
            }
            int rest = inputs - to;
            float[] changes = new float[rows * rest];
            kernels.multiply(errors, rows, following, changes);
            for (int r = 0; r < rows; r++) {
                int at = (firstRow + r) * inputs + to;
                for (int j = 0; j < rest; j++) {
                    updated[at + j] -= changes[r * rest + j];
                }
            }
        }

        private void quantizeRow(
                int row, int from, float[] current, float[] factor, float[] errors, int at) {
            int count = current.length;
            double loss = 0;
            for (int c = 0; c < count; c++) {
                int column = from + c;
                int place = row * groups + groupOf[column];
                if (startsGroup(column)) {
                    int start = row * inputs + column;
                    int end = row * inputs + Math.min(inputs, column + settings.group());
                    quantizer.fit(updated, start, end, scales, zeros, place);
                }
                float weight = current[c];
                int code = quantizer.encode(weight, scales[place], zeros[place]);
                codes[row * inputs + inverse.order()[column]] = (byte) code;
                float difference = weight - scales[place] * (code - zeros[place]);
                float error = difference / factor[c * count + c];
                errors[at + c] = error;
                loss += 0.5 * error * error;
                for (int j = c + 1; j < count; j++) {
                    current[j] -= error * factor[c * count + j];
                }
            }
            losses[row] += loss;
        }

        private boolean startsGroup(int column) {
            return !isWholeRows() && !settings.staticGroups() && column % settings.group() == 0;
        }

        private boolean isWholeRows() {
            return settings.group() < 1;
        }
    }
}

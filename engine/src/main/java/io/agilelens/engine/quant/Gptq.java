package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
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

    /** Columns whose errors reach the rest of a block together. */
    private static final int COLUMNS = 8;

    private final Kernels kernels;
    private final Settings settings;
    private final Cancellation cancellation;

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
        this(kernels, settings, Cancellation.never());
    }

    /**
     * @param cancellation looked at every few milliseconds
     */
    public Gptq(Kernels kernels, Settings settings, Cancellation cancellation) {
        this.kernels = kernels;
        this.settings = settings;
        this.cancellation = cancellation;
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
            }
            Workers.shared()
                    .forRanges(
                            rest,
                            ROWS,
                            (first, end) -> {
                                for (int i = 0; i < count; i++) {
                                    for (int j = first; j < end; j++) {
                                        following[j * count + i] =
                                                (float) inverse.factor(from + i, to + j);
                                    }
                                }
                            });
            Fp32Weights packed = rest == 0 ? null : kernels.packFp32(following, rest, count);
            Workers.shared()
                    .forRanges(
                            (outputs + ROWS - 1) / ROWS,
                            1,
                            (first, end) -> {
                                for (int chunk = first; chunk < end; chunk++) {
                                    cancellation.check();
                                    int row = chunk * ROWS;
                                    int rows = Math.min(ROWS, outputs - row);
                                    quantizeRows(row, rows, from, to, factor, packed);
                                }
                            });
        }

        /**
         * Within a chunk of rows everything is stored column by column, for what happens to one row
         * of a column happens to all.
         *
         * @param factor U of the block, {@code [count, count]}
         * @param following Uᵀ of the columns behind the block, {@code [rest, count]}, or null
         */
        private void quantizeRows(
                int firstRow, int rows, int from, int to, float[] factor, Fp32Weights following) {
            int count = to - from;
            float[] current = new float[count * rows];
            for (int r = 0; r < rows; r++) {
                int row = (firstRow + r) * inputs + from;
                for (int c = 0; c < count; c++) {
                    current[c * rows + r] = updated[row + c];
                }
            }
            float[] errors = new float[count * rows];
            quantizeColumns(firstRow, rows, from, count, factor, current, errors);
            addLosses(errors, count, firstRow, rows);
            if (following != null) {
                subtractFromRest(errors, firstRow, rows, to, following);
            }
        }

        /**
         * @param current {@code [count, rows]}; overwritten
         * @param errors {@code [count, rows]}; filled
         */
        private void quantizeColumns(
                int firstRow,
                int rows,
                int from,
                int count,
                float[] factor,
                float[] current,
                float[] errors) {
            float[] scale = new float[rows];
            int[] zero = new int[rows];
            int group = -1;
            for (int c = 0; c < count; c++) {
                int column = from + c;
                if (startsGroup(column)) {
                    fit(firstRow, rows, column);
                    group = -1;
                }
                if (groupOf[column] != group) {
                    group = groupOf[column];
                    for (int r = 0; r < rows; r++) {
                        scale[r] = scales[(firstRow + r) * groups + group];
                        zero[r] = zeros[(firstRow + r) * groups + group];
                    }
                }
                int place = firstRow * inputs + inverse.order()[column];
                float pivot = factor[c * count + c];
                for (int r = 0; r < rows; r++) {
                    float weight = current[c * rows + r];
                    int code = quantizer.encode(weight, scale[r], zero[r]);
                    codes[place + r * inputs] = (byte) code;
                    errors[c * rows + r] = (weight - scale[r] * (code - zero[r])) / pivot;
                }
                int first = c / COLUMNS * COLUMNS;
                int next = Math.min(count, first + COLUMNS);
                kernels.spreadErrors(errors, c, c + 1, factor, count, c + 1, next, current, rows);
                if (c + 1 == next) {
                    kernels.spreadErrors(
                            errors, first, next, factor, count, next, count, current, rows);
                }
            }
        }

        private void fit(int firstRow, int rows, int column) {
            int end = Math.min(inputs, column + settings.group());
            for (int row = firstRow; row < firstRow + rows; row++) {
                int place = row * groups + groupOf[column];
                quantizer.fit(
                        updated, row * inputs + column, row * inputs + end, scales, zeros, place);
            }
        }

        private void addLosses(float[] errors, int count, int firstRow, int rows) {
            double[] ofBlock = new double[rows];
            for (int c = 0; c < count; c++) {
                for (int r = 0; r < rows; r++) {
                    float error = errors[c * rows + r];
                    ofBlock[r] += 0.5 * error * error;
                }
            }
            for (int r = 0; r < rows; r++) {
                losses[firstRow + r] += ofBlock[r];
            }
        }

        private void subtractFromRest(
                float[] errors, int firstRow, int rows, int to, Fp32Weights following) {
            int count = following.inputs();
            float[] byRow = new float[rows * count];
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < count; c++) {
                    byRow[r * count + c] = errors[c * rows + r];
                }
            }
            int rest = following.outputs();
            float[] changes = new float[rows * rest];
            kernels.multiply(byRow, rows, following, changes);
            for (int r = 0; r < rows; r++) {
                int at = (firstRow + r) * inputs + to;
                for (int j = 0; j < rest; j++) {
                    updated[at + j] -= changes[r * rest + j];
                }
            }
        }

        private boolean startsGroup(int column) {
            return !isWholeRows() && !settings.staticGroups() && column % settings.group() == 0;
        }

        private boolean isWholeRows() {
            return settings.group() < 1;
        }
    }
}

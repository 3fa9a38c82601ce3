package io.agilelens.engine.evaluate;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Tensor;
import java.util.Arrays;

/**
 * A tensor as a table to draw. Where it has more values than are wanted, a cell stands for a square
 * block of them and keeps the one farthest from zero, so that an outlier never vanishes; beside the
 * cells only a row is in memory. A tensor of one dimension is a single row, one of more than two is
 * laid out flat behind its first.
 *
 * @param outputs rows of the tensor
 * @param inputs columns of the tensor
 * @param block rows and columns of the tensor that a cell stands for, at least 1
 * @param rows {@code ⌈outputs / block⌉}
 * @param columns {@code ⌈inputs / block⌉}
 * @param values {@code [rows, columns]}, row-major; not-a-number only where a block holds nothing
 *     else; read only
 * @param largestRow row of the tensor with the finite value farthest from zero, the first of
 *     several; −1 if no value is finite
 * @param largestColumn its column, or −1
 */
public record ValueMap(
        int outputs,
        int inputs,
        int block,
        int rows,
        int columns,
        float[] values,
        int largestRow,
        int largestColumn) {

    /**
     * Reads the whole tensor once, a row at a time, unless it is cancelled.
     *
     * @param tensor of floats, at least one
     * @param mostCells how many cells there may be, at least 1
     */
    public static ValueMap of(Tensor tensor, int mostCells) {
        long[] shape = tensor.shape();
        int outputs = shape.length < 2 ? 1 : Math.toIntExact(shape[0]);
        int inputs = Math.toIntExact(tensor.elements() / outputs);
        int block = block(outputs, inputs, mostCells);
        int rows = Math.ceilDiv(outputs, block);
        int columns = Math.ceilDiv(inputs, block);
        float[] values = new float[rows * columns];
        Arrays.fill(values, Float.NaN);
        float[] row = new float[inputs];
        float largest = -1;
        int largestRow = -1;
        int largestColumn = -1;
        for (int output = 0; output < outputs; output++) {
            Cancellation.current().check();
            tensor.widen((long) output * inputs, row, 0, inputs);
            int cells = output / block * columns;
            for (int column = 0; column < columns; column++) {
                float farthest = values[cells + column];
                int end = Math.min(inputs, (column + 1) * block);
                for (int input = column * block; input < end; input++) {
                    float value = row[input];
                    float magnitude = Math.abs(value);
                    if (magnitude > largest && magnitude < Float.POSITIVE_INFINITY) {
                        largest = magnitude;
                        largestRow = output;
                        largestColumn = input;
                    }
                    if (magnitude > Math.abs(farthest) || Float.isNaN(farthest)) {
                        farthest = value;
                    }
                }
                values[cells + column] = farthest;
            }
        }
        return new ValueMap(
                outputs, inputs, block, rows, columns, values, largestRow, largestColumn);
    }

    /** The smallest block that leaves few enough cells. */
    private static int block(int outputs, int inputs, int mostCells) {
        int block = 1;
        while ((long) Math.ceilDiv(outputs, block) * Math.ceilDiv(inputs, block) > mostCells) {
            block++;
        }
        return block;
    }
}

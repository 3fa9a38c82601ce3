package io.agilelens.engine.evaluate;

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
        Cells cells = new Cells(inputs, block, new float[rows * columns]);
        TensorPieces.read(
                tensor, inputs, (start, row, _) -> cells.add((int) (start / inputs), row));
        return new ValueMap(
                outputs,
                inputs,
                block,
                rows,
                columns,
                cells.values,
                cells.largestRow,
                cells.largestColumn);
    }

    /** What rows are added to one by one. */
    private static final class Cells {
        private final int inputs;
        private final int block;
        private final int columns;
        private final float[] values;
        private float largest = -1;
        private int largestRow = -1;
        private int largestColumn = -1;

        Cells(int inputs, int block, float[] values) {
            this.inputs = inputs;
            this.block = block;
            this.columns = Math.ceilDiv(inputs, block);
            this.values = values;
            Arrays.fill(values, Float.NaN);
        }

        void add(int output, float[] row) {
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

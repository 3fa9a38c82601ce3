package io.agilelens.views.model;

import io.agilelens.engine.evaluate.ValueMap;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;
import java.util.function.IntFunction;

/**
 * Output channel × input channel: every value of a tensor or, where it has too many, the one
 * farthest from zero of each square block.
 *
 * @param cells how cells stand for values
 * @param range of the colours; the stored and the tuned values have the same
 * @param rows what rows are called where each has cells of its own
 */
record WeightMap(HeatmapData table, ValueMap cells, Heatmap.Range range, RowNames rows) {
    /** A map's cells take four bytes each, and a third of that again at coarser detail. */
    private static final int BYTES_A_CELL = 6;

    private static final long MOST_BYTES = 64L << 20;

    /** Of the heap, which holds the model, too. */
    private static final int SHARE = 32;

    /**
     * @param tensor what the comparison shows of the reading
     * @param rows what rows are called
     */
    static WeightMap of(
            WeightReading reading,
            Comparison comparison,
            Tensor tensor,
            RowNames rows,
            int mostCells) {
        ValueMap cells = ValueMap.of(tensor, mostCells);
        HeatmapData.Labels labels =
                new HeatmapData.Labels(
                        Messages.text("model.weight.value." + comparison),
                        "",
                        Messages.text("model.weight.axis." + rows.kind()),
                        Messages.text("model.weight.axis." + rows.kind() + ".column"),
                        cells.block() == 1 ? rows.name() : blocks(cells.block(), cells.outputs()),
                        cells.block() == 1
                                ? Integer::toString
                                : blocks(cells.block(), cells.inputs()));
        HeatmapData table =
                HeatmapData.adopt(cells.rows(), cells.columns(), cells.values(), labels);
        return new WeightMap(table, cells, range(reading, comparison, table), rows);
    }

    /** What a row of a tensor is. */
    enum RowKind {
        /** An output channel of a linear layer, whose columns are its input channels. */
        OUTPUT,
        /** A piece of the vocabulary. */
        TOKEN,
        /** All of a tensor of one dimension. */
        VECTOR
    }

    /**
     * What rows are called.
     *
     * @param name of each
     */
    record RowNames(RowKind kind, IntFunction<String> name) {}

    /** As many cells as the heap bears. */
    static int mostCells() {
        long bytes = Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / SHARE);
        return (int) (bytes / BYTES_A_CELL);
    }

    private static IntFunction<String> blocks(int block, int size) {
        return cell -> cell * block + "…" + (Math.min((cell + 1) * block, size) - 1);
    }

    private static Heatmap.Range range(
            WeightReading reading, Comparison comparison, HeatmapData table) {
        double reach =
                comparison == Comparison.DIFFERENCE
                        ? Math.max(Math.abs(table.minimum()), Math.abs(table.maximum()))
                        : Math.max(
                                reach(reading.baseline().minimum(), reading.baseline().maximum()),
                                reading.after()
                                        .map(after -> reach(after.minimum(), after.maximum()))
                                        .orElse(0.0));
        return Double.isNaN(reach) ? null : new Heatmap.Range(-reach, reach);
    }

    private static double reach(double minimum, double maximum) {
        double reach = Math.max(Math.abs(minimum), Math.abs(maximum));
        return Double.isNaN(reach) ? 0 : reach;
    }

    /** The row of cells that shows an output; −1 for none. */
    int row(int output) {
        return output < 0 ? -1 : output / cells.block();
    }

    /** The column of cells that shows an input; −1 for none. */
    int column(int input) {
        return input < 0 ? -1 : input / cells.block();
    }

    /** The output that a picked cell means: the present one if the cell shows it. */
    int output(int row, int present) {
        return row(present) == row ? present : row * cells.block();
    }

    /** The input that a picked cell means: the present one if the cell shows it. */
    int input(int column, int present) {
        return column(present) == column ? present : column * cells.block();
    }
}

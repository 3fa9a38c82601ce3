package io.agilelens.views.model;

import io.agilelens.engine.calibrate.TunedTensor;
import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.evaluate.ValueHistogram;
import io.agilelens.engine.evaluate.WeightError;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BinEdges;
import io.agilelens.views.chart.HistogramPane;
import io.agilelens.views.chart.Ink;
import java.util.List;
import java.util.Optional;

/**
 * What was read of a whole tensor for one comparison.
 *
 * @param map empty while there is nothing to compare with
 * @param bins how all values spread; none while there is nothing to compare with, or where no error
 *     is made
 */
record WeightPicture(
        WeightReading reading,
        Comparison comparison,
        Optional<WeightMap> map,
        List<HistogramPane.Bins> bins) {
    static final int BINS = 128;

    /** Reads what is to be shown, unless that is cancelled. */
    static WeightPicture of(
            WeightReading reading, Comparison comparison, WeightMap.RowNames rows, int mostCells) {
        Optional<Tensor> values = reading.values(comparison);
        return new WeightPicture(
                reading,
                comparison,
                values.map(tensor -> WeightMap.of(reading, comparison, tensor, rows, mostCells)),
                values.map(tensor -> bins(reading, comparison, tensor)).orElse(List.of()));
    }

    private static List<HistogramPane.Bins> bins(
            WeightReading reading, Comparison comparison, Tensor values) {
        return switch (comparison) {
            case BASELINE ->
                    List.of(bins("baseline", Ink.BASELINE, values, edges(reading.baseline())));
            case TUNED -> {
                if (!reading.isQuantized()) {
                    TensorStatistics after = reading.after().orElseThrow();
                    yield List.of(bins("tuned", Ink.TUNED, values, edges(after)));
                }
                TunedTensor tuned = reading.tuned().orElseThrow();
                // Rounding moves nothing by more than clipping does, so one range holds both.
                double[] edges =
                        edges(
                                reading.rounding().orElseThrow().exact(),
                                reading.after().orElseThrow());
                yield List.of(
                        bins("before", Ink.SERIES_1, tuned.exact(), edges),
                        bins("after", Ink.TUNED, values, edges));
            }
            case DIFFERENCE ->
                    reading.error()
                            .map(WeightError::largest)
                            .map(largest -> BinEdges.even(-largest, largest, BINS))
                            .map(edges -> List.of(bins("error", Ink.TUNED, values, edges)))
                            .orElse(List.of());
        };
    }

    private static double[] edges(TensorStatistics... all) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (TensorStatistics one : all) {
            if (!Double.isNaN(one.minimum())) {
                least = Math.min(least, one.minimum());
                most = Math.max(most, one.maximum());
            }
        }
        return least <= most ? BinEdges.even(least, most, BINS) : BinEdges.even(0, 0, BINS);
    }

    private static HistogramPane.Bins bins(String name, Ink ink, Tensor values, double[] edges) {
        return HistogramPane.Bins.of(
                Messages.text("outliers.histogram." + name), ink, ValueHistogram.of(values, edges));
    }
}

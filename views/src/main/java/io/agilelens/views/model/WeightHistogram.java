package io.agilelens.views.model;

import io.agilelens.engine.calibrate.TunedTensor;
import io.agilelens.engine.evaluate.ValueHistogram;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BinEdges;
import io.agilelens.views.chart.HistogramPane;
import io.agilelens.views.chart.Ink;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How the values of a tensor, or of one group of one of its rows, spread, and the levels that the
 * recipe's quantizer has for that group.
 *
 * @param levels those of the group; empty if there are none or too many to tell apart
 * @param note what the sentence below the picture says of the levels
 * @param step between the group's levels; NaN if there are none
 * @param inputs of the group, rising; all of a row that is not rounded in groups
 */
record WeightHistogram(
        List<HistogramPane.Bins> bins, double[] levels, Note note, double step, int[] inputs) {

    /** Whose values are counted. */
    enum Scope {
        TENSOR,
        /** The group of the selected output and input. */
        GROUP
    }

    /** What the sentence below the picture adds. */
    enum Note {
        /** The recipe is being fitted. */
        PENDING,
        /** The recipe leaves the tensor alone. */
        UNQUANTIZED,
        LEVELS,
        /** Too close to each other to be drawn. */
        DENSE,
        /** Scales were moved into the tensor before it was rounded: levels are not for these. */
        FOLDED,
        ERROR
    }

    private static final int GROUP_BINS = 48;

    /**
     * Reads at most a row.
     *
     * @param picture of the whole tensor
     * @param output the selected row
     * @param input the selected column
     */
    static WeightHistogram of(WeightPicture picture, Scope scope, int output, int input) {
        WeightReading reading = picture.reading();
        Comparison comparison = picture.comparison();
        Optional<TunedTensor.Row> row = reading.tuned().flatMap(tensor -> tensor.row(output));
        int columns = columns(reading.stored());
        int[] inputs =
                row.map(codes -> group(codes.weight(), input))
                        .orElseGet(() -> IntStream.range(0, columns).toArray());
        double step =
                row.map(codes -> (double) codes.weight().step(codes.output(), group(codes, input)))
                        .orElse(Double.NaN);
        double[] levels =
                row.map(codes -> codes.weight().levels(codes.output(), group(codes, input)))
                        .orElse(new double[0]);
        Note note = note(reading, comparison, row.isPresent(), levels);
        double[] lines =
                switch (note) {
                    case LEVELS -> levels;
                    case ERROR -> new double[] {-step / 2, step / 2};
                    case PENDING, UNQUANTIZED, DENSE, FOLDED -> new double[0];
                };
        List<HistogramPane.Bins> bins =
                scope == Scope.TENSOR || picture.bins().isEmpty()
                        ? picture.bins()
                        : bins(reading, comparison, note, levels, step, inputs, output, columns);
        return new WeightHistogram(bins, lines, note, step, inputs);
    }

    private static Note note(
            WeightReading reading, Comparison comparison, boolean rounded, double[] levels) {
        if (reading.tuned().isEmpty()) {
            return Note.PENDING;
        }
        if (!rounded) {
            return Note.UNQUANTIZED;
        }
        if (comparison == Comparison.DIFFERENCE) {
            return Note.ERROR;
        }
        if (comparison == Comparison.BASELINE && reading.isFolded()) {
            return Note.FOLDED;
        }
        return levels.length <= BinEdges.MOST_LEVELS ? Note.LEVELS : Note.DENSE;
    }

    private static List<HistogramPane.Bins> bins(
            WeightReading reading,
            Comparison comparison,
            Note note,
            double[] levels,
            double step,
            int[] inputs,
            int output,
            int columns) {
        if (comparison == Comparison.BASELINE) {
            float[] values = values(reading.stored(), output, columns, inputs);
            double[] edges = edges(note, levels, step, values);
            return List.of(bins("baseline", Ink.BASELINE, values, edges));
        }
        TunedTensor tuned = reading.tuned().orElseThrow();
        float[] after = values(tuned.tuned(), output, columns, inputs);
        if (note == Note.UNQUANTIZED) {
            return List.of(bins("tuned", Ink.TUNED, after, edges(note, levels, step, after)));
        }
        float[] before = values(tuned.exact(), output, columns, inputs);
        if (comparison == Comparison.DIFFERENCE) {
            float[] errors = new float[after.length];
            for (int i = 0; i < errors.length; i++) {
                errors[i] = after[i] - before[i];
            }
            return List.of(bins("error", Ink.TUNED, errors, edges(note, levels, step, errors)));
        }
        double[] edges = edges(note, levels, step, before);
        return List.of(
                bins("before", Ink.SERIES_1, before, edges),
                bins("after", Ink.TUNED, after, edges));
    }

    private static double[] edges(Note note, double[] levels, double step, float[] values) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (float value : values) {
            if (Float.isFinite(value)) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
        }
        if (least > most) {
            return BinEdges.even(0, 0, GROUP_BINS);
        }
        return note == Note.LEVELS
                ? BinEdges.around(levels, step, least, most, GROUP_BINS)
                : BinEdges.even(least, most, GROUP_BINS);
    }

    private static HistogramPane.Bins bins(String name, Ink ink, float[] values, double[] edges) {
        return HistogramPane.Bins.of(
                Messages.text("outliers.histogram." + name), ink, ValueHistogram.of(values, edges));
    }

    /** Some values of a row. */
    private static float[] values(Tensor tensor, int output, int columns, int[] inputs) {
        float[] row = tensor.toFloats((long) output * columns, columns);
        float[] picked = new float[inputs.length];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = row[inputs[i]];
        }
        return picked;
    }

    private static int columns(Tensor tensor) {
        long[] shape = tensor.shape();
        return Math.toIntExact(shape.length < 2 ? tensor.elements() : tensor.elements() / shape[0]);
    }

    private static int group(TunedTensor.Row row, int input) {
        return row.weight().groupOf()[input];
    }

    private static int[] group(QuantizedWeight weight, int input) {
        int wanted = weight.groupOf()[input];
        return IntStream.range(0, weight.inputs())
                .filter(other -> weight.groupOf()[other] == wanted)
                .toArray();
    }
}

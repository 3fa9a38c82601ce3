package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.evaluate.ValueHistogram;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BinEdges;
import io.agilelens.views.chart.HistogramPane;
import io.agilelens.views.chart.Ink;
import java.util.ArrayList;
import java.util.List;

/**
 * How one channel's values spread over the tokens, before and after quantization, and where the
 * quantizer's levels lie; or how large the rounding errors are.
 *
 * @param levels those within the values' range; empty if there are too many to tell apart, or none
 * @param note what the levels have to say
 */
record ChannelHistogram(List<HistogramPane.Bins> bins, double[] levels, Note note) {

    /** What the sentence below the picture adds. */
    enum Note {
        /** The baseline, which has no levels. */
        FLOAT,
        /** The recipe leaves the site alone. */
        UNQUANTIZED,
        LEVELS,
        /** Too close to each other to be drawn. */
        DENSE,
        /** Each token has its own. */
        TOKENWISE,
        ERROR
    }

    private static final int PLAIN_BINS = 64;

    /**
     * @param look has a detail
     */
    static ChannelHistogram of(OutlierLook look) {
        LayerDetail tuned = look.tunedDetail().orElseThrow();
        float[] before = column(tuned.before().get(look.site()), look.channel());
        float[] after = column(tuned.after().get(look.site()), look.channel());
        if (look.comparison() == Comparison.BASELINE) {
            Matrix original = look.baselineDetail().orElseThrow().before().get(look.site());
            return plain(column(original, look.channel()), Ink.BASELINE, "baseline", Note.FLOAT);
        }
        if (look.quantizer().isEmpty()) {
            return look.comparison() == Comparison.TUNED
                    ? plain(before, Ink.TUNED, "tuned", Note.UNQUANTIZED)
                    : new ChannelHistogram(List.of(), new double[0], Note.UNQUANTIZED);
        }
        ActivationQuantizer quantizer = look.quantizer().get();
        float step = quantizer.step(look.channel());
        if (look.comparison() == Comparison.DIFFERENCE) {
            return errors(before, after, step);
        }
        double[] levels = levels(quantizer, look.channel(), before, after);
        boolean drawable = levels.length > 0 && levels.length <= BinEdges.MOST_LEVELS;
        double[] edges =
                drawable
                        ? BinEdges.around(levels, step, least(before), most(before), PLAIN_BINS)
                        : edges(before, after);
        List<HistogramPane.Bins> bins =
                List.of(
                        bins("before", Ink.SERIES_1, edges, before),
                        bins("after", Ink.TUNED, edges, after));
        Note note = Float.isNaN(step) ? Note.TOKENWISE : drawable ? Note.LEVELS : Note.DENSE;
        return new ChannelHistogram(bins, drawable ? levels : new double[0], note);
    }

    private static ChannelHistogram plain(float[] values, Ink ink, String name, Note note) {
        return new ChannelHistogram(
                List.of(bins(name, ink, edges(values, values), values)), new double[0], note);
    }

    private static ChannelHistogram errors(float[] before, float[] after, float step) {
        float[] errors = new float[before.length];
        for (int t = 0; t < errors.length; t++) {
            errors[t] = after[t] - before[t];
        }
        double[] ends = Float.isNaN(step) ? new double[0] : new double[] {-step / 2, step / 2};
        return new ChannelHistogram(
                List.of(bins("error", Ink.TUNED, edges(errors, errors), errors)), ends, Note.ERROR);
    }

    private static float[] column(Matrix matrix, int channel) {
        float[] column = new float[matrix.rows()];
        for (int t = 0; t < column.length; t++) {
            column[t] = matrix.get(t, channel);
        }
        return column;
    }

    /** The levels that some value rounds to, and those between. */
    private static double[] levels(
            ActivationQuantizer quantizer, int channel, float[] before, float[] after) {
        float step = quantizer.step(channel);
        if (Float.isNaN(step)) {
            return new double[0];
        }
        double low = Math.min(least(before), least(after)) - step / 2;
        double high = Math.max(most(before), most(after)) + step / 2;
        List<Double> levels = new ArrayList<>();
        for (int code = quantizer.range().minimum(); code <= quantizer.range().maximum(); code++) {
            double level = quantizer.level(channel, code);
            if (level >= low && level <= high) {
                levels.add(level);
            }
        }
        return levels.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] edges(float[] one, float[] other) {
        return BinEdges.even(
                Math.min(least(one), least(other)), Math.max(most(one), most(other)), PLAIN_BINS);
    }

    private static HistogramPane.Bins bins(String name, Ink ink, double[] edges, float[] values) {
        return HistogramPane.Bins.of(
                Messages.text("outliers.histogram." + name), ink, ValueHistogram.of(values, edges));
    }

    private static float least(float[] values) {
        float least = Float.POSITIVE_INFINITY;
        for (float value : values) {
            least = Math.min(least, value);
        }
        return least;
    }

    private static float most(float[] values) {
        float most = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            most = Math.max(most, value);
        }
        return most;
    }
}

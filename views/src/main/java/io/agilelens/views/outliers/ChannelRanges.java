package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import java.util.ArrayList;
import java.util.List;

/**
 * The range of each channel and what the quantizer can represent of it; or the error of each
 * channel and what its step alone would make.
 *
 * @param width neighbouring channels that share a point, so that wide sites stay quick to draw
 * @param errors whether these are errors rather than ranges
 */
record ChannelRanges(List<LineChartPane.Line> lines, int width, boolean errors) {
    private static final int MOST_POINTS = 1024;

    /** Rounding to steps of Δ makes errors of Δ/√12 on average, if nothing is clipped. */
    private static final double UNIFORM_ERROR = 1 / Math.sqrt(12);

    static ChannelRanges of(OutlierLook look) {
        int width = Math.ceilDiv(look.channels(), MOST_POINTS);
        SiteStatistics baseline = look.baseline();
        SiteStatistics tuned = look.tuned();
        List<LineChartPane.Line> lines = new ArrayList<>();
        switch (look.comparison()) {
            case BASELINE -> lines.add(range("baseline", Ink.BASELINE, baseline, width));
            case TUNED -> {
                lines.add(range("tuned", Ink.TUNED, tuned, width));
                if (look.quantizer().isPresent() && hasFixedSteps(look)) {
                    lines.add(reach(look, width, true));
                    lines.add(reach(look, width, false));
                }
            }
            case DIFFERENCE -> {
                if (look.quantizer().isEmpty()) {
                    lines.add(range("baseline", Ink.BASELINE, baseline, width));
                    lines.add(range("tuned", Ink.TUNED, tuned, width));
                } else {
                    lines.add(errors(tuned, width));
                    if (hasFixedSteps(look)) {
                        lines.add(expected(look, width));
                    }
                }
            }
        }
        boolean errors = look.comparison() == Comparison.DIFFERENCE && look.quantizer().isPresent();
        return new ChannelRanges(List.copyOf(lines), width, errors);
    }

    private static boolean hasFixedSteps(OutlierLook look) {
        return !Float.isNaN(look.quantizer().orElseThrow().step(0));
    }

    /** The maximum as a curve, the band reaching down to the minimum. */
    private static LineChartPane.Line range(
            String name, Ink ink, SiteStatistics statistics, int width) {
        int points = Math.ceilDiv(statistics.channels(), width);
        double[] low = new double[points];
        double[] high = new double[points];
        for (int i = 0; i < points; i++) {
            low[i] = Double.POSITIVE_INFINITY;
            high[i] = Double.NEGATIVE_INFINITY;
            int end = Math.min((i + 1) * width, statistics.channels());
            for (int c = i * width; c < end; c++) {
                low[i] = Math.min(low[i], statistics.minimum()[c]);
                high[i] = Math.max(high[i], statistics.maximum()[c]);
            }
        }
        return new LineChartPane.Line(
                Messages.text("outliers.ranges." + name), ink, x(points, width), high, low, high);
    }

    private static LineChartPane.Line reach(OutlierLook look, int width, boolean upper) {
        ActivationQuantizer quantizer = look.quantizer().orElseThrow();
        int code = upper ? quantizer.range().maximum() : quantizer.range().minimum();
        int points = Math.ceilDiv(look.channels(), width);
        double[] reach = new double[points];
        for (int i = 0; i < points; i++) {
            int end = Math.min((i + 1) * width, look.channels());
            double widest = 0;
            for (int c = i * width; c < end; c++) {
                double level = quantizer.level(c, code);
                widest = Math.abs(level) > Math.abs(widest) ? level : widest;
            }
            reach[i] = widest;
        }
        String name = upper ? "outliers.ranges.highest" : "outliers.ranges.lowest";
        return LineChartPane.Line.of(Messages.text(name), Ink.MUTED, x(points, width), reach);
    }

    private static LineChartPane.Line errors(SiteStatistics tuned, int width) {
        int points = Math.ceilDiv(tuned.channels(), width);
        double[] errors = new double[points];
        for (int c = 0; c < tuned.channels(); c++) {
            errors[c / width] = Math.max(errors[c / width], Math.sqrt(tuned.error()[c]));
        }
        return LineChartPane.Line.of(
                Messages.text("outliers.ranges.error"), Ink.TUNED, x(points, width), errors);
    }

    private static LineChartPane.Line expected(OutlierLook look, int width) {
        ActivationQuantizer quantizer = look.quantizer().orElseThrow();
        int points = Math.ceilDiv(look.channels(), width);
        double[] expected = new double[points];
        for (int c = 0; c < look.channels(); c++) {
            expected[c / width] = Math.max(expected[c / width], quantizer.step(c) * UNIFORM_ERROR);
        }
        return LineChartPane.Line.of(
                Messages.text("outliers.ranges.expected"), Ink.MUTED, x(points, width), expected);
    }

    private static double[] x(int points, int width) {
        double[] x = new double[points];
        for (int i = 0; i < points; i++) {
            x[i] = (double) i * width;
        }
        return x;
    }
}

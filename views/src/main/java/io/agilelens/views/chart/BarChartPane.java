package io.agilelens.views.chart;

import io.agilelens.views.Figures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.paint.Color;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** Bars side by side in named groups, with whiskers for their spread. */
public final class BarChartPane extends ChartPane {

    /**
     * One bar in each group.
     *
     * @param values {@code [groups]}; not-a-number leaves the place empty
     * @param low the lower end of the whisker, {@code [groups]}, or empty for none
     * @param high the upper end of the whisker, {@code [groups]}, or empty for none
     * @param pale whether they are a variant of the bars that have the ink to themselves
     */
    public record Bars(
            String name, Ink ink, double[] values, double[] low, double[] high, boolean pale) {
        public Bars {
            if (low.length != high.length || (low.length != 0 && low.length != values.length)) {
                throw new IllegalArgumentException("the parts of " + name + " differ in length");
            }
            values = values.clone();
            low = low.clone();
            high = high.clone();
        }

        /** Bars without whiskers. */
        public static Bars of(String name, Ink ink, double... values) {
            return new Bars(name, ink, values, new double[0], new double[0], false);
        }
    }

    private static final double GROUP_WIDTH = 0.76;

    /** How far pale bars are from their ink to the background. */
    private static final double PALENESS = 0.65;

    private List<String> groups = List.of();
    private List<Bars> bars = List.of();

    /**
     * @param title what the chart shows, for files and screen readers
     * @param groupTitle what a group is
     */
    public BarChartPane(String title, String groupTitle, Axis yAxis) {
        super(title, Axis.linear(groupTitle, ""), yAxis, new Groups(List.of(), List.of()));
    }

    /** Replaces the bars; every {@code values} is as long as there are groups. */
    public void setBars(List<String> groups, List<Bars> bars) {
        for (Bars each : bars) {
            if (each.values().length != groups.size()) {
                throw new IllegalArgumentException(
                        each.name() + " has " + each.values().length + " bars for " + groups);
            }
        }
        this.groups = List.copyOf(groups);
        this.bars = List.copyOf(bars);
        show(new Groups(this.groups, this.bars));
    }

    @Override
    public CsvDocument csv() {
        requireData();
        Axes axes = axes();
        List<String> named = groups;
        List<Bars> taken = bars;
        return csv -> write(csv, axes, named, taken);
    }

    private static void write(Csv csv, Axes axes, List<String> groups, List<Bars> bars)
            throws IOException {
        csv.line(List.of(axes.x().label(), "series", axes.y().label(), "low", "high"));
        for (Bars each : bars) {
            for (int group = 0; group < groups.size(); group++) {
                boolean spread = each.low().length > 0;
                csv.line(
                        List.of(
                                groups.get(group),
                                each.name(),
                                each.values()[group],
                                spread ? each.low()[group] : "",
                                spread ? each.high()[group] : ""));
            }
        }
    }

    /** Bars of each group. */
    private record Groups(List<String> groups, List<Bars> bars) implements ChartContent {
        @Override
        public boolean isEmpty() {
            return groups.isEmpty() || bars.isEmpty();
        }

        @Override
        public boolean needsLegend() {
            return bars.size() > 1;
        }

        @Override
        public boolean startsAtZero() {
            return true;
        }

        @Override
        public boolean findsByX() {
            return true;
        }

        @Override
        public ValueAxis xAxis(Axes axes) {
            return new GroupAxis(axes.x().label(), groups);
        }

        @Override
        public void fill(XYPlot plot, Axes axes, ChartStyle style) {
            double width = GROUP_WIDTH / Math.max(1, bars.size());
            for (int i = 0; i < bars.size(); i++) {
                Bars each = bars.get(i);
                XYIntervalSeries solid = new XYIntervalSeries(each.name());
                XYIntervalSeries whiskers = new XYIntervalSeries(each.name());
                for (int group = 0; group < groups.size(); group++) {
                    double value = each.values()[group];
                    if (isDrawable(value, axes)) {
                        double x = center(i, group);
                        double half = width * 0.46;
                        solid.add(x, x - half, x + half, value, value, value);
                        if (each.low().length > 0) {
                            whiskers.add(x, x, x, value, each.low()[group], each.high()[group]);
                        }
                    }
                }
                plot.setDataset(2 * i, collection(solid));
                plot.setRenderer(2 * i, barRenderer(each, axes, style));
                plot.setDataset(2 * i + 1, collection(whiskers));
                plot.setRenderer(2 * i + 1, whiskerRenderer(style));
            }
            plot.setDatasetRenderingOrder(org.jfree.chart.plot.DatasetRenderingOrder.FORWARD);
        }

        private static XYIntervalSeriesCollection collection(XYIntervalSeries series) {
            XYIntervalSeriesCollection collection = new XYIntervalSeriesCollection();
            collection.addSeries(series);
            return collection;
        }

        private XYBarRenderer barRenderer(Bars drawn, Axes axes, ChartStyle style) {
            Color ink = drawn.ink().color(style);
            Color fill = drawn.pale() ? ink.interpolate(style.background(), PALENESS) : ink;
            XYBarRenderer renderer = new XYBarRenderer();
            renderer.setBarPainter(new StandardXYBarPainter());
            renderer.setShadowVisible(false);
            renderer.setDrawBarOutline(drawn.pale());
            renderer.setSeriesOutlinePaint(0, Awt.color(ink));
            renderer.setSeriesPaint(0, Awt.color(fill));
            renderer.setBase(axes.y().log() ? smallest() / 2 : 0);
            return renderer;
        }

        private static XYErrorRenderer whiskerRenderer(ChartStyle style) {
            XYErrorRenderer renderer = new XYErrorRenderer();
            renderer.setDrawXError(false);
            renderer.setDefaultShapesVisible(false);
            renderer.setDefaultLinesVisible(false);
            renderer.setErrorPaint(Awt.color(style.text()));
            renderer.setErrorStroke(Awt.line(1.2 * style.magnification()));
            renderer.setCapLength(6 * style.magnification());
            renderer.setDefaultSeriesVisibleInLegend(false);
            return renderer;
        }

        private double smallest() {
            double least = Double.POSITIVE_INFINITY;
            for (Bars each : bars) {
                for (double value : each.values()) {
                    if (value > 0) {
                        least = Math.min(least, value);
                    }
                }
            }
            return Double.isFinite(least) ? least : 1;
        }

        private static boolean isDrawable(double value, Axes axes) {
            return Double.isFinite(value) && !(axes.y().log() && value <= 0);
        }

        private double center(int series, int group) {
            double width = GROUP_WIDTH / bars.size();
            return group - GROUP_WIDTH / 2 + (series + 0.5) * width;
        }

        @Override
        public List<Spot> spots(Axes axes) {
            List<Spot> spots = new ArrayList<>();
            for (int i = 0; i < bars.size(); i++) {
                Bars each = bars.get(i);
                for (int group = 0; group < groups.size(); group++) {
                    double value = each.values()[group];
                    if (isDrawable(value, axes)) {
                        int named = group;
                        spots.add(
                                new Spot(
                                        new Pick(i, group),
                                        center(i, group),
                                        value,
                                        () -> words(each, named, axes)));
                    }
                }
            }
            return spots;
        }

        private String words(Bars each, int group, Axes axes) {
            String spread =
                    each.low().length == 0
                            ? ""
                            : " ("
                                    + Figures.number(each.low()[group])
                                    + " … "
                                    + Figures.number(each.high()[group])
                                    + ")";
            String who =
                    bars.size() > 1 ? groups.get(group) + " · " + each.name() : groups.get(group);
            return who + " · " + Figures.number(each.values()[group], axes.y().unit()) + spread;
        }
    }
}

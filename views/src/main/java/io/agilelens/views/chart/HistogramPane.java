package io.agilelens.views.chart;

import io.agilelens.engine.evaluate.ValueHistogram;
import io.agilelens.views.Figures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** How often values fall into bins, for one or two distributions, with a quantizer's levels. */
// Listeners fire only after construction, when the window shows the chart.
@SuppressWarnings("this-escape")
public final class HistogramPane extends ChartPane {

    /**
     * A distribution.
     *
     * @param edges rising, {@code [bins + 1]}
     * @param counts {@code [bins]}
     */
    public record Bins(String name, Ink ink, double[] edges, double[] counts) {
        public Bins {
            if (edges.length != counts.length + 1) {
                throw new IllegalArgumentException(
                        edges.length + " edges do not enclose " + counts.length + " bins");
            }
            edges = edges.clone();
            counts = counts.clone();
        }

        /** What was counted, under a name. */
        public static Bins of(String name, Ink ink, ValueHistogram histogram) {
            return new Bins(
                    name,
                    ink,
                    histogram.edges(),
                    Arrays.stream(histogram.counts()).asDoubleStream().toArray());
        }
    }

    private static final double BELOW_ONE = 0.5;

    private final BooleanProperty logCounts = new SimpleBooleanProperty(this, "logCounts");
    private List<Bins> distributions = List.of();

    /**
     * @param title what the chart shows, for files and screen readers
     * @param xAxis the values; not logarithmic
     * @param yAxis how often
     */
    public HistogramPane(String title, Axis xAxis, Axis yAxis) {
        super(title, xAxis, yAxis, new Distributions(List.of(), new double[0]));
        logCounts.addListener(property -> setAxes(axes().x(), axes().y()));
    }

    /** Whether counts run by the logarithm, so that few values far out are seen beside many. */
    public BooleanProperty logCountsProperty() {
        return logCounts;
    }

    /** As in every chart; whether counts are logarithmic stays as it was chosen. */
    @Override
    public void setAxes(Axis xAxis, Axis yAxis) {
        super.setAxes(xAxis, new Axis(yAxis.title(), yAxis.unit(), logCounts.get()));
    }

    @Override
    boolean switchLogarithm() {
        logCounts.set(!logCounts.get());
        return true;
    }

    /**
     * Replaces the distributions.
     *
     * @param levels the values that a quantizer can represent, in any order; may be empty
     */
    public void setBins(List<Bins> distributions, double[] levels) {
        this.distributions = List.copyOf(distributions);
        show(new Distributions(this.distributions, levels.clone()));
    }

    @Override
    public CsvDocument csv() {
        requireData();
        Axes axes = axes();
        List<Bins> taken = distributions;
        return csv -> write(csv, axes, taken);
    }

    private static void write(Csv csv, Axes axes, List<Bins> distributions) throws IOException {
        csv.line(List.of("series", "from", "to", axes.y().label()));
        for (Bins bins : distributions) {
            for (int k = 0; k < bins.counts().length; k++) {
                csv.line(
                        List.of(
                                bins.name(),
                                bins.edges()[k],
                                bins.edges()[k + 1],
                                bins.counts()[k]));
            }
        }
    }

    /** Bins, seen through each other, and the levels as lines over them. */
    private record Distributions(List<Bins> distributions, double[] levels)
            implements ChartContent {
        @Override
        public boolean isEmpty() {
            return distributions.isEmpty();
        }

        @Override
        public boolean needsLegend() {
            return distributions.size() > 1;
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
        public void fill(XYPlot plot, Axes axes, ChartStyle style) {
            XYIntervalSeriesCollection dataset = new XYIntervalSeriesCollection();
            XYBarRenderer renderer = new XYBarRenderer();
            renderer.setBarPainter(new StandardXYBarPainter());
            renderer.setShadowVisible(false);
            renderer.setDrawBarOutline(false);
            renderer.setMargin(0);
            renderer.setBase(axes.y().log() ? BELOW_ONE : 0);
            double opacity = distributions.size() > 1 ? 0.55 : 0.85;
            for (int i = 0; i < distributions.size(); i++) {
                Bins bins = distributions.get(i);
                XYIntervalSeries series = new XYIntervalSeries(bins.name());
                for (int k = 0; k < bins.counts().length; k++) {
                    double count = bins.counts()[k];
                    if (count > 0) {
                        double left = bins.edges()[k];
                        double right = bins.edges()[k + 1];
                        series.add((left + right) / 2, left, right, count, count, count);
                    }
                }
                dataset.addSeries(series);
                renderer.setSeriesPaint(i, Awt.color(bins.ink().color(style), opacity));
            }
            plot.setDataset(dataset);
            plot.setRenderer(renderer);
            for (double level : levels) {
                ValueMarker marker =
                        new ValueMarker(
                                level,
                                Awt.color(style.text(), 0.55),
                                Awt.line(style.magnification()));
                plot.addDomainMarker(marker, Layer.FOREGROUND);
            }
        }

        @Override
        public List<Spot> spots(Axes axes) {
            List<Spot> spots = new ArrayList<>();
            for (int i = 0; i < distributions.size(); i++) {
                Bins bins = distributions.get(i);
                for (int k = 0; k < bins.counts().length; k++) {
                    double middle = (bins.edges()[k] + bins.edges()[k + 1]) / 2;
                    double y = Math.max(bins.counts()[k], axes.y().log() ? BELOW_ONE : 0);
                    int bin = k;
                    spots.add(new Spot(new Pick(i, k), middle, y, () -> words(bins, bin, axes)));
                }
            }
            return spots;
        }

        private static String words(Bins bins, int k, Axes axes) {
            return bins.name()
                    + " · "
                    + Figures.number(bins.edges()[k])
                    + " … "
                    + Figures.number(bins.edges()[k + 1], axes.x().unit())
                    + " · "
                    + Figures.number(bins.counts()[k], axes.y().unit());
        }
    }
}

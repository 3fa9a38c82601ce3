package io.agilelens.views.chart;

import io.agilelens.views.Figures;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** How often values fall into bins, for one or two distributions, with a quantizer's levels. */
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
    }

    private static final double BELOW_ONE = 0.5;

    private List<Bins> distributions = List.of();
    private double[] levels = {};

    /**
     * @param title what the chart shows, for files and screen readers
     * @param xAxis the values; not logarithmic
     * @param yAxis how often
     */
    public HistogramPane(String title, Axis xAxis, Axis yAxis) {
        super(title, xAxis, yAxis);
    }

    /**
     * Replaces the distributions.
     *
     * @param levels the values that a quantizer can represent, in any order; may be empty
     */
    public void setBins(List<Bins> distributions, double[] levels) {
        this.distributions = List.copyOf(distributions);
        this.levels = levels.clone();
        rebuild();
    }

    @Override
    protected boolean isEmpty() {
        return distributions.isEmpty();
    }

    @Override
    protected boolean needsLegend() {
        return distributions.size() > 1;
    }

    @Override
    protected boolean startsAtZero() {
        return true;
    }

    @Override
    protected boolean findsByX() {
        return true;
    }

    @Override
    protected void fill(XYPlot plot, ChartStyle style) {
        XYIntervalSeriesCollection dataset = new XYIntervalSeriesCollection();
        XYBarRenderer renderer = new XYBarRenderer();
        renderer.setBarPainter(new StandardXYBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDrawBarOutline(false);
        renderer.setMargin(0);
        renderer.setBase(yAxis().log() ? BELOW_ONE : 0);
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
                            level, Awt.color(style.text(), 0.55), Awt.line(style.magnification()));
            plot.addDomainMarker(marker, Layer.FOREGROUND);
        }
    }

    @Override
    protected List<Spot> spots() {
        List<Spot> spots = new ArrayList<>();
        for (int i = 0; i < distributions.size(); i++) {
            Bins bins = distributions.get(i);
            for (int k = 0; k < bins.counts().length; k++) {
                double middle = (bins.edges()[k] + bins.edges()[k + 1]) / 2;
                double y = Math.max(bins.counts()[k], yAxis().log() ? BELOW_ONE : 0);
                spots.add(new Spot(new Pick(i, k), middle, y, words(bins, k)));
            }
        }
        return spots;
    }

    private String words(Bins bins, int k) {
        return bins.name()
                + " · "
                + Figures.number(bins.edges()[k])
                + " … "
                + Figures.number(bins.edges()[k + 1], xAxis().unit())
                + " · "
                + Figures.number(bins.counts()[k], yAxis().unit());
    }

    @Override
    public String toCsv() {
        requireData();
        Csv csv = new Csv().line(List.of("series", "from", "to", yAxis().label()));
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
        return csv.toString();
    }
}

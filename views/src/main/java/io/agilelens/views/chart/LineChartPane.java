package io.agilelens.views.chart;

import io.agilelens.views.Figures;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/** Curves over a number line, with a confidence band where one is known. */
public final class LineChartPane extends ChartPane {

    /**
     * A curve. A y that is not-a-number is left out.
     *
     * @param x where, {@code [points]}
     * @param y the value, {@code [points]}
     * @param low the lower edge of the band, {@code [points]}, or empty for no band
     * @param high the upper edge of the band, {@code [points]}, or empty for no band
     */
    public record Line(String name, Ink ink, double[] x, double[] y, double[] low, double[] high) {
        public Line {
            if (x.length != y.length
                    || low.length != high.length
                    || (low.length != 0 && low.length != x.length)) {
                throw new IllegalArgumentException("the parts of " + name + " differ in length");
            }
            x = x.clone();
            y = y.clone();
            low = low.clone();
            high = high.clone();
        }

        /** A curve without a band. */
        public static Line of(String name, Ink ink, double[] x, double[] y) {
            return new Line(name, ink, x, y, new double[0], new double[0]);
        }

        boolean hasBand() {
            return low.length > 0;
        }
    }

    private static final int MOST_DOTS = 40;

    private List<Line> lines = List.of();

    /**
     * @param title what the chart shows, for files and screen readers
     */
    public LineChartPane(String title, Axis xAxis, Axis yAxis) {
        super(title, xAxis, yAxis, new Curves(List.of()));
    }

    /** Replaces the curves. */
    public void setLines(List<Line> lines) {
        this.lines = List.copyOf(lines);
        show(new Curves(this.lines));
    }

    @Override
    public CsvDocument csv() {
        requireData();
        Axes axes = axes();
        List<Line> taken = lines;
        return csv -> write(csv, axes, taken);
    }

    private static void write(Csv csv, Axes axes, List<Line> lines) throws IOException {
        csv.line(List.of("series", axes.x().label(), axes.y().label(), "low", "high"));
        for (Line line : lines) {
            for (int k = 0; k < line.x().length; k++) {
                Object low = line.hasBand() ? line.low()[k] : "";
                Object high = line.hasBand() ? line.high()[k] : "";
                csv.line(List.of(line.name(), line.x()[k], line.y()[k], low, high));
            }
        }
    }

    /** Curves, drawn one over the other. */
    private record Curves(List<Line> lines) implements ChartContent {
        @Override
        public boolean isEmpty() {
            return lines.stream().allMatch(line -> line.x().length == 0);
        }

        @Override
        public boolean needsLegend() {
            return lines.size() > 1;
        }

        @Override
        public void fill(XYPlot plot, Axes axes, ChartStyle style) {
            for (int i = 0; i < lines.size(); i++) {
                Line line = lines.get(i);
                YIntervalSeries series = new YIntervalSeries(line.name());
                for (int k = 0; k < line.x().length; k++) {
                    if (isDrawable(line, k, axes)) {
                        double y = line.y()[k];
                        double low = line.hasBand() ? line.low()[k] : y;
                        double high = line.hasBand() ? line.high()[k] : y;
                        series.add(line.x()[k], y, axes.y().log() && low <= 0 ? y : low, high);
                    }
                }
                YIntervalSeriesCollection dataset = new YIntervalSeriesCollection();
                dataset.addSeries(series);
                boolean dots = series.getItemCount() <= MOST_DOTS;
                DeviationRenderer renderer = new DeviationRenderer(true, dots);
                java.awt.Color color = Awt.color(line.ink().color(style));
                double dot = 4.5 * style.magnification();
                renderer.setSeriesPaint(0, color);
                renderer.setSeriesFillPaint(0, color);
                renderer.setSeriesStroke(0, Awt.line(style.lineWidth()));
                renderer.setSeriesShape(0, new Ellipse2D.Double(-dot / 2, -dot / 2, dot, dot));
                renderer.setAlpha(0.18f);
                plot.setDataset(i, dataset);
                plot.setRenderer(i, renderer);
            }
        }

        private static boolean isDrawable(Line line, int k, Axes axes) {
            double x = line.x()[k];
            double y = line.y()[k];
            return Double.isFinite(x)
                    && Double.isFinite(y)
                    && !(axes.x().log() && x <= 0)
                    && !(axes.y().log() && y <= 0);
        }

        @Override
        public List<Spot> spots(Axes axes) {
            List<Spot> spots = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                Line line = lines.get(i);
                for (int k = 0; k < line.x().length; k++) {
                    if (isDrawable(line, k, axes)) {
                        int point = k;
                        spots.add(
                                new Spot(
                                        new Pick(i, k),
                                        line.x()[k],
                                        line.y()[k],
                                        () -> words(line, point, axes)));
                    }
                }
            }
            return spots;
        }

        private static String words(Line line, int k, Axes axes) {
            String value = Figures.number(line.y()[k], axes.y().unit());
            String band =
                    line.hasBand()
                            ? " ("
                                    + Figures.number(line.low()[k])
                                    + " … "
                                    + Figures.number(line.high()[k])
                                    + ")"
                            : "";
            return line.name()
                    + " · "
                    + axes.x().title()
                    + " "
                    + Figures.number(line.x()[k], axes.x().unit())
                    + " · "
                    + value
                    + band;
        }
    }
}

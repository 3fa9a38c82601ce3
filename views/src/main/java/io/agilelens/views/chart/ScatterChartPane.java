package io.agilelens.views.chart;

import io.agilelens.views.Figures;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Named points, such as runs by size and quality, and the frontier of the best of them. */
public final class ScatterChartPane extends ChartPane {

    /**
     * A point.
     *
     * @param name what it is, said where it is pointed at
     * @param label written beside it where there is room; may be empty
     * @param size how large it is drawn, 1 for the usual
     */
    public record Point(
            String name, String label, Ink ink, double x, double y, double size, Mark mark) {
        /** A point with its name beside it. */
        public Point(String name, Ink ink, double x, double y, double size, Mark mark) {
            this(name, name, ink, x, y, size, mark);
        }

        /** A circle of the usual size. */
        public static Point of(String name, Ink ink, double x, double y) {
            return new Point(name, ink, x, y, 1, Mark.CIRCLE);
        }

        private boolean isLabelled() {
            return !label.isEmpty();
        }
    }

    /** How a point is drawn. */
    public enum Mark {
        CIRCLE,
        DIAMOND
    }

    private static final int MOST_NAMES = 24;

    /** Of a point of the usual size, in pixels. */
    private static final double DIAMETER = 9;

    private List<Point> points = List.of();

    /**
     * @param title what the chart shows, for files and screen readers
     */
    public ScatterChartPane(String title, Axis xAxis, Axis yAxis) {
        super(title, xAxis, yAxis, new Cloud(List.of(), List.of()));
    }

    /**
     * Replaces the points.
     *
     * @param frontier the points to join by a line, in any order; may be empty
     */
    public void setPoints(List<Point> points, List<Point> frontier) {
        this.points = List.copyOf(points);
        show(
                new Cloud(
                        this.points,
                        frontier.stream().sorted(Comparator.comparingDouble(Point::x)).toList()));
    }

    @Override
    public CsvDocument csv() {
        requireData();
        Axes axes = axes();
        List<Point> taken = points;
        return csv -> write(csv, axes, taken);
    }

    private static void write(Csv csv, Axes axes, List<Point> points) throws IOException {
        csv.line(List.of("name", axes.x().label(), axes.y().label()));
        for (Point point : points) {
            csv.line(List.of(point.name(), point.x(), point.y()));
        }
    }

    /** Points with their names, and the line through the best of them. */
    private record Cloud(List<Point> points, List<Point> frontier) implements ChartContent {
        @Override
        public boolean isEmpty() {
            return points.isEmpty();
        }

        @Override
        public boolean needsLegend() {
            return false;
        }

        @Override
        public void fill(XYPlot plot, Axes axes, ChartStyle style) {
            plot.setDomainGridlinesVisible(true);
            XYSeriesCollection dots = new XYSeriesCollection();
            XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
            for (int i = 0; i < points.size(); i++) {
                Point point = points.get(i);
                XYSeries series = new XYSeries(i);
                if (isDrawable(point, axes)) {
                    series.add(point.x(), point.y());
                }
                dots.addSeries(series);
                renderer.setSeriesPaint(i, Awt.color(point.ink().color(style)));
                renderer.setSeriesShape(i, shape(point.mark(), diameter(point, style)));
            }
            plot.setDataset(0, dots);
            plot.setRenderer(0, renderer);
            addFrontier(plot, axes, style);
            addNames(plot, axes, style);
            plot.getDomainAxis().setUpperMargin(0.12);
            plot.getDomainAxis().setLowerMargin(0.08);
            plot.getRangeAxis().setUpperMargin(0.1);
            plot.getRangeAxis().setLowerMargin(0.1);
        }

        /**
         * Names first the large points, then those on the frontier, then others. All have their
         * names when hovered.
         */
        private void addNames(XYPlot plot, Axes axes, ChartStyle style) {
            boolean few = points.stream().filter(Point::isLabelled).count() <= MOST_NAMES;
            List<PointNames.Place> places =
                    points.stream()
                            .filter(point -> isDrawable(point, axes))
                            .sorted(Comparator.comparingInt(this::rank))
                            .map(
                                    point ->
                                            new PointNames.Place(
                                                    few ? point.label() : "",
                                                    point.x(),
                                                    point.y(),
                                                    diameter(point, style) / 2))
                            .toList();
            List<PointNames.Place> corners =
                    frontier.stream()
                            .filter(point -> isDrawable(point, axes))
                            .map(point -> new PointNames.Place("", point.x(), point.y(), 0))
                            .toList();
            plot.addAnnotation(
                    new PointNames(
                            places,
                            corners,
                            Awt.font(style.labelSize()),
                            Awt.color(style.text()),
                            Awt.color(style.muted())));
        }

        private int rank(Point point) {
            return point.size() > 1 ? 0 : isOnFrontier(point) ? 1 : 2;
        }

        private static double diameter(Point point, ChartStyle style) {
            return DIAMETER * point.size() * style.magnification();
        }

        private boolean isOnFrontier(Point point) {
            return frontier.stream()
                    .anyMatch(each -> each.x() == point.x() && each.y() == point.y());
        }

        private void addFrontier(XYPlot plot, Axes axes, ChartStyle style) {
            XYSeries line = new XYSeries("frontier");
            for (Point point : frontier) {
                if (isDrawable(point, axes)) {
                    line.add(point.x(), point.y());
                }
            }
            XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
            renderer.setSeriesPaint(0, Awt.color(style.muted()));
            renderer.setSeriesStroke(0, Awt.dashes(style.magnification()));
            plot.setDataset(1, new XYSeriesCollection(line));
            plot.setRenderer(1, renderer);
        }

        private static boolean isDrawable(Point point, Axes axes) {
            return Double.isFinite(point.x())
                    && Double.isFinite(point.y())
                    && !(axes.x().log() && point.x() <= 0)
                    && !(axes.y().log() && point.y() <= 0);
        }

        private static Shape shape(Mark mark, double diameter) {
            if (mark == Mark.CIRCLE) {
                return new Ellipse2D.Double(-diameter / 2, -diameter / 2, diameter, diameter);
            }
            double reach = 0.62 * diameter;
            Path2D diamond = new Path2D.Double();
            diamond.moveTo(0, -reach);
            diamond.lineTo(reach, 0);
            diamond.lineTo(0, reach);
            diamond.lineTo(-reach, 0);
            diamond.closePath();
            return diamond;
        }

        @Override
        public List<Spot> spots(Axes axes) {
            List<Spot> spots = new ArrayList<>();
            for (int i = 0; i < points.size(); i++) {
                Point point = points.get(i);
                if (isDrawable(point, axes)) {
                    spots.add(
                            new Spot(
                                    new Pick(i, 0),
                                    point.x(),
                                    point.y(),
                                    () -> words(point, axes)));
                }
            }
            return spots;
        }

        private static String words(Point point, Axes axes) {
            return String.join(
                    " · ",
                    point.name(),
                    axes.x().title() + " " + Figures.number(point.x(), axes.x().unit()),
                    axes.y().title() + " " + Figures.number(point.y(), axes.y().unit()));
        }
    }
}

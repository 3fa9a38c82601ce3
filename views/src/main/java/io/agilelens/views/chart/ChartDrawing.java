package io.agilelens.views.chart;

import java.awt.geom.Rectangle2D;
import java.util.List;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.Range;
import org.jfree.fx.FXGraphics2D;

/**
 * A chart as it was drawn, which tells what lies under the pointer.
 *
 * @param chart its axes are at what is in sight
 * @param rendering where things are on the canvas
 * @param spots what can be pointed at
 */
record ChartDrawing(
        Plan plan, JFreeChart chart, ChartRenderingInfo rendering, List<ChartContent.Spot> spots) {
    /** How much of a curve is hidden that passes where a marker's word stands. */
    private static final double WORD_GROUND = 0.85;

    /** How much of a chart's height is above and below the curves, in heights of its labels. */
    private static final double AROUND_CURVES = 7;

    /** What a marker's word takes, in heights of a label. */
    private static final double WORD_HEIGHT = 1.9;

    /** Words of markers get no more than this part of the height. */
    private static final double MOST_FOR_WORDS = 0.4;

    /**
     * All that a chart is drawn from. Immutable.
     *
     * @param zoomedX the x values in sight, or null for all
     * @param zoomedY the y values in sight, or null for all
     * @param emptyText stands in the middle while there is no content
     */
    record Plan(
            ChartContent content,
            ChartPane.Axes axes,
            List<ChartPane.Marker> markers,
            ChartStyle style,
            Range zoomedX,
            Range zoomedY,
            String emptyText) {

        /**
         * Draws; on any thread, as long as the canvas is in no window.
         *
         * @param canvas gets the size, too
         */
        ChartDrawing draw(Canvas canvas, double width, double height) {
            canvas.setWidth(width);
            canvas.setHeight(height);
            GraphicsContext graphics = canvas.getGraphicsContext2D();
            graphics.clearRect(0, 0, width, height);
            ChartRenderingInfo rendering = new ChartRenderingInfo();
            JFreeChart chart = chart(height);
            // Both ways of drawing leave their own text alignment behind.
            graphics.save();
            if (content.isEmpty()) {
                new FxPen(graphics)
                        .text(
                                emptyText,
                                width / 2,
                                height / 2,
                                Pen.Anchor.MIDDLE,
                                style.titleSize(),
                                style.muted());
            } else {
                chart.draw(
                        new FXGraphics2D(graphics),
                        new Rectangle2D.Double(0, 0, width, height),
                        rendering);
            }
            graphics.restore();
            return new ChartDrawing(this, chart, rendering, content.spots(axes));
        }

        /**
         * @param height of all of it, in pixels
         */
        JFreeChart chart(double height) {
            XYPlot plot = new XYPlot();
            plot.setDomainAxis(content.xAxis(axes));
            plot.setRangeAxis(RoundAxes.create(axes.y(), content.startsAtZero()));
            stylePlot(plot);
            content.fill(plot, axes, style);
            for (ChartPane.Marker marker : markers) {
                addMarker(plot, marker);
            }
            if (markers.stream().anyMatch(marker -> marker.vertical() && marker.isNamed())) {
                ValueAxis y = plot.getRangeAxis();
                y.setUpperMargin(Math.max(y.getUpperMargin(), roomForWords(height)));
            }
            JFreeChart chart = new JFreeChart(null, null, plot, false);
            chart.setBackgroundPaint(Awt.color(style.background()));
            chart.setPadding(new RectangleInsets(6, 4, 4, 10));
            chart.setElementHinting(false);
            if (content.needsLegend()) {
                chart.addSubtitle(legend(plot));
            }
            zoom(plot.getDomainAxis(), zoomedX);
            zoom(plot.getRangeAxis(), zoomedY);
            return chart;
        }

        /** What has to be free above all curves where markers have words, of what these take. */
        private double roomForWords(double height) {
            double curves = Math.max(1, height - AROUND_CURVES * style.labelSize());
            double words = Math.min(MOST_FOR_WORDS, WORD_HEIGHT * style.labelSize() / curves);
            return words / (1 - words);
        }

        private LegendTitle legend(XYPlot plot) {
            LegendTitle legend = new LegendTitle(plot);
            legend.setPosition(RectangleEdge.TOP);
            legend.setHorizontalAlignment(HorizontalAlignment.LEFT);
            legend.setItemFont(Awt.font(style.labelSize()));
            legend.setItemPaint(Awt.color(style.text()));
            legend.setBackgroundPaint(Awt.color(style.background()));
            legend.setFrame(BlockBorder.NONE);
            legend.setPadding(0, 30, 2, 0);
            return legend;
        }

        private void stylePlot(XYPlot plot) {
            plot.setBackgroundPaint(Awt.color(style.background()));
            plot.setDomainGridlinePaint(Awt.color(style.grid()));
            plot.setRangeGridlinePaint(Awt.color(style.grid()));
            plot.setDomainGridlineStroke(Awt.line(style.magnification()));
            plot.setRangeGridlineStroke(Awt.line(style.magnification()));
            plot.setDomainGridlinesVisible(false);
            plot.setOutlineVisible(false);
            plot.setAxisOffset(new RectangleInsets(0, 0, 0, 0));
            for (ValueAxis axis : List.of(plot.getDomainAxis(), plot.getRangeAxis())) {
                axis.setLabelFont(Awt.font(style.titleSize()));
                axis.setLabelPaint(Awt.color(style.muted()));
                axis.setTickLabelFont(Awt.font(style.labelSize()));
                axis.setTickLabelPaint(Awt.color(style.text()));
                axis.setAxisLinePaint(Awt.color(style.grid()));
                axis.setTickMarkPaint(Awt.color(style.grid()));
            }
        }

        private void addMarker(XYPlot plot, ChartPane.Marker marker) {
            java.awt.Color color = Awt.color(marker.ink().color(style));
            ValueMarker line =
                    new ValueMarker(marker.value(), color, Awt.dashes(style.magnification()));
            line.setAlpha(1);
            line.setLabel(marker.label());
            line.setLabelFont(Awt.font(style.labelSize()));
            line.setLabelPaint(color);
            line.setLabelOffset(new RectangleInsets(3, 6, 3, 6));
            line.setLabelBackgroundColor(Awt.color(style.background(), WORD_GROUND));
            if (marker.vertical()) {
                line.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
                line.setLabelTextAnchor(TextAnchor.TOP_LEFT);
                plot.addDomainMarker(line, Layer.FOREGROUND);
            } else {
                line.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
                line.setLabelTextAnchor(TextAnchor.BOTTOM_RIGHT);
                plot.addRangeMarker(line, Layer.FOREGROUND);
            }
        }
    }

    /** How near the pointer must come to a point that is found by both coordinates, in pixels. */
    private static final double REACH = 28;

    /** Where the values are, in pixels. */
    Rectangle2D area() {
        return rendering.getPlotInfo().getDataArea();
    }

    ValueAxis x() {
        return chart.getXYPlot().getDomainAxis();
    }

    ValueAxis y() {
        return chart.getXYPlot().getRangeAxis();
    }

    boolean isInside(double pixelX, double pixelY) {
        return !plan.content().isEmpty() && area().contains(pixelX, pixelY);
    }

    /** The x value at a pixel. */
    double valueX(double pixel) {
        return x().java2DToValue(pixel, area(), RectangleEdge.BOTTOM);
    }

    /** The pixel from the left at which a point is. */
    double pixelX(ChartContent.Spot spot) {
        return x().valueToJava2D(spot.x(), area(), RectangleEdge.BOTTOM);
    }

    /** The pixel from the top at which a point is. */
    double pixelY(ChartContent.Spot spot) {
        return y().valueToJava2D(spot.y(), area(), RectangleEdge.LEFT);
    }

    /** The y value at a pixel. */
    double valueY(double pixel) {
        return y().java2DToValue(pixel, area(), RectangleEdge.LEFT);
    }

    /** Moves the axes, so that what is done next goes on from there; it is not drawn. */
    void zoomTo(Range rangeX, Range rangeY) {
        zoom(x(), rangeX);
        zoom(y(), rangeY);
    }

    private static void zoom(ValueAxis axis, Range range) {
        if (range == null) {
            axis.setAutoRange(true);
        } else {
            axis.setRange(range);
        }
    }

    /** The nearest thing to a pixel, or null. */
    ChartContent.Spot spotAt(double pixelX, double pixelY) {
        if (!isInside(pixelX, pixelY)) {
            return null;
        }
        boolean byX = plan.content().findsByX();
        ChartContent.Spot nearest = null;
        double least = byX ? Double.POSITIVE_INFINITY : REACH;
        for (ChartContent.Spot spot : spots) {
            double dx = pixelX(spot) - pixelX;
            double dy = pixelY(spot) - pixelY;
            double distance = byX ? Math.abs(dx) + 1e-6 * Math.abs(dy) : Math.hypot(dx, dy);
            if (distance < least) {
                least = distance;
                nearest = spot;
            }
        }
        return nearest;
    }
}

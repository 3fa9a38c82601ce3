package io.agilelens.views.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jfree.chart.annotations.AbstractXYAnnotation;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.text.TextUtils;
import org.jfree.chart.ui.TextAnchor;

/**
 * Names beside points, each as near to its point as there is room: no name covers another one or a
 * point, and one that stands apart has a line to its point. A name that finds no room is left out.
 */
final class PointNames extends AbstractXYAnnotation {
    private static final long serialVersionUID = 1;

    /** How far names may stand off the points' edges, in heights of a name, nearest first. */
    private static final double[] DISTANCES = {0, 1, 2, 3.2, 4.6, 6.4, 8.5, 11};

    /** Directions to look in, the usual one first; y runs downwards. */
    private static final double[][] DIRECTIONS = {
        {1, -1},
        {1, 1},
        {-1, -1},
        {-1, 1},
        {1, 0},
        {-1, 0},
        {0, -1},
        {0, 1},
        {1, -0.4},
        {1, 0.4},
        {-1, -0.4},
        {-1, 0.4},
        {0.4, -1},
        {0.4, 1},
        {-0.4, -1},
        {-0.4, 1}
    };

    /** Between a point's edge and its own name where there is room, in pixels. */
    private static final double GAP = 3;

    /** Between a point's edge and any name, in pixels. */
    private static final double LEAST_GAP = 2;

    /** Between names beside each other, in pixels. */
    private static final double APART = 4;

    /**
     * A point that names keep off.
     *
     * @param name empty for none
     * @param radius in pixels
     */
    record Place(String name, double x, double y, double radius) {}

    /** A name as it was placed. */
    private record Written(String name, Rectangle2D box, Place point) {}

    private final transient List<Place> places;
    private final transient List<Place> corners;
    private final Font font;
    private final Color text;
    private final Color line;

    /**
     * @param places in data's units; those that matter most come first
     * @param corners of a line that names keep off where they can, likewise
     */
    PointNames(List<Place> places, List<Place> corners, Font font, Color text, Color line) {
        this.places = List.copyOf(places);
        this.corners = List.copyOf(corners);
        this.font = font;
        this.text = text;
        this.line = line;
    }

    @Override
    public void draw(
            Graphics2D graphics,
            XYPlot plot,
            Rectangle2D area,
            ValueAxis xAxis,
            ValueAxis yAxis,
            int rendererIndex,
            PlotRenderingInfo info) {
        graphics.setFont(font);
        UnaryOperator<Place> pixel =
                place ->
                        new Place(
                                place.name(),
                                xAxis.valueToJava2D(place.x(), area, plot.getDomainAxisEdge()),
                                yAxis.valueToJava2D(place.y(), area, plot.getRangeAxisEdge()),
                                place.radius());
        List<Place> pixels =
                places.stream()
                        .map(pixel)
                        .filter(place -> area.contains(place.x(), place.y()))
                        .toList();
        List<Line2D> lines = lines(corners.stream().map(pixel).toList());
        List<Written> written = new ArrayList<>();
        for (Place point : pixels) {
            if (!point.name().isEmpty()) {
                Rectangle2D size =
                        TextUtils.getTextBounds(point.name(), graphics, graphics.getFontMetrics());
                find(point, size.getWidth(), size.getHeight(), area, pixels, written, lines)
                        .or(
                                () ->
                                        find(
                                                point,
                                                size.getWidth(),
                                                size.getHeight(),
                                                area,
                                                pixels,
                                                written,
                                                List.of()))
                        .ifPresent(box -> written.add(new Written(point.name(), box, point)));
            }
        }
        written.forEach(each -> draw(graphics, each));
    }

    private static List<Line2D> lines(List<Place> corners) {
        List<Line2D> lines = new ArrayList<>();
        for (int i = 1; i < corners.size(); i++) {
            Place one = corners.get(i - 1);
            Place other = corners.get(i);
            lines.add(new Line2D.Double(one.x(), one.y(), other.x(), other.y()));
        }
        return lines;
    }

    /** The nearest free place for a name of that size, off some lines. */
    private static Optional<Rectangle2D> find(
            Place point,
            double width,
            double height,
            Rectangle2D area,
            List<Place> points,
            List<Written> written,
            List<Line2D> lines) {
        for (double distance : DISTANCES) {
            for (double[] direction : DIRECTIONS) {
                double off = point.radius() + GAP + distance * height;
                Rectangle2D box = box(point, direction, off, width, height);
                if (area.contains(box)
                        && lines.stream().noneMatch(box::intersectsLine)
                        && isFree(box, point, points, written)) {
                    return Optional.of(box);
                }
            }
        }
        return Optional.empty();
    }

    private static Rectangle2D box(
            Place point, double[] direction, double off, double width, double height) {
        // Aslant, the point's corner lets a name come as near as its sides do.
        double reach = direction[0] != 0 && direction[1] != 0 ? off * Math.sqrt(0.5) : off;
        double x = point.x() + direction[0] * reach;
        double y = point.y() + direction[1] * reach;
        double left = direction[0] > 0 ? x : direction[0] < 0 ? x - width : x - width / 2;
        double top = direction[1] > 0 ? y : direction[1] < 0 ? y - height : y - height / 2;
        return new Rectangle2D.Double(left, top, width, height);
    }

    private static boolean isFree(
            Rectangle2D box, Place own, List<Place> points, List<Written> written) {
        Rectangle2D about =
                new Rectangle2D.Double(
                        box.getX() - APART,
                        box.getY(),
                        box.getWidth() + 2 * APART,
                        box.getHeight());
        for (Place each : points) {
            double reach = each.radius();
            double distance =
                    Point2D.distance(
                            each.x(),
                            each.y(),
                            Math.clamp(each.x(), box.getMinX(), box.getMaxX()),
                            Math.clamp(each.y(), box.getMinY(), box.getMaxY()));
            if (distance < reach + LEAST_GAP) {
                return false;
            }
        }
        Line2D leader = leader(own, box);
        for (Written each : written) {
            if (each.box().intersects(about)
                    || each.box().intersectsLine(leader)
                    || box.intersectsLine(leader(each.point(), each.box()))) {
                return false;
            }
        }
        return true;
    }

    /** From the edge of the point to the nearest place of its name. */
    private static Line2D leader(Place point, Rectangle2D box) {
        double x = Math.clamp(point.x(), box.getMinX(), box.getMaxX());
        double y = Math.clamp(point.y(), box.getMinY(), box.getMaxY());
        double distance = Point2D.distance(point.x(), point.y(), x, y);
        double edge = distance == 0 ? 0 : Math.min(1, point.radius() / distance);
        return new Line2D.Double(
                point.x() + edge * (x - point.x()), point.y() + edge * (y - point.y()), x, y);
    }

    private void draw(Graphics2D graphics, Written name) {
        Line2D leader = leader(name.point(), name.box());
        if (leader.getP1().distance(leader.getP2()) > name.box().getHeight() / 2) {
            graphics.setPaint(line);
            graphics.draw(leader);
        }
        graphics.setPaint(text);
        TextUtils.drawAlignedString(
                name.name(),
                graphics,
                (float) name.box().getX(),
                (float) name.box().getCenterY(),
                TextAnchor.CENTER_LEFT);
    }
}

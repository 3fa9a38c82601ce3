package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.control.Label;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Region;
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
 * A chart with two axes, styled by {@link ChartStyle} and handled like every other picture: hover
 * for the exact value, wheel to zoom about the pointer, drag to pan, double click for everything.
 */
// Listeners fire only after construction, when the window shows the chart.
@SuppressWarnings("this-escape")
public abstract class ChartPane extends Region implements Exportable {

    /**
     * One of the two axes.
     *
     * @param title what lies along it
     * @param unit the unit, or empty
     * @param log whether it runs by the logarithm; values at or below zero are then not drawn
     */
    public record Axis(String title, String unit, boolean log) {
        public static Axis linear(String title, String unit) {
            return new Axis(title, unit, false);
        }

        public static Axis logarithmic(String title, String unit) {
            return new Axis(title, unit, true);
        }

        String label() {
            return unit.isEmpty() ? title : title + ", " + unit;
        }
    }

    /**
     * A line across the chart with a word at its end.
     *
     * @param vertical at a place of the x axis rather than of the y axis
     */
    public record Marker(boolean vertical, double value, String label, Ink ink) {}

    /**
     * Something under the pointer.
     *
     * @param series which curve, group or cloud
     * @param index which of its points
     */
    public record Pick(int series, int index) {}

    /** A place that can be pointed at, in the axes' units, with its exact value in words. */
    protected record Spot(Pick pick, double x, double y, String words) {}

    private static final double REACH = 28;
    private static final double CLICK_SLACK = 4;
    private static final double STALE_OPACITY = 0.45;

    private final Canvas canvas = new Canvas();
    private final Label hover = new Label();
    private final ObjectProperty<ChartStyle> chartStyle =
            new SimpleObjectProperty<>(this, "chartStyle", ChartStyle.LIGHT);
    private final BooleanProperty stale = new SimpleBooleanProperty(this, "stale");
    private final StringProperty emptyText = new SimpleStringProperty(this, "emptyText", "");
    private final String title;
    private final List<ChartPane> linked = new ArrayList<>();

    private Axis xAxis;
    private Axis yAxis;
    private List<Marker> markers = List.of();
    private Consumer<Pick> onPick = pick -> {};
    private JFreeChart chart;
    private List<Spot> spots = List.of();
    private Range zoomedX;
    private Range zoomedY;
    private final ChartRenderingInfo rendering = new ChartRenderingInfo();
    private double pressX;
    private double pressY;
    private double lastX;
    private double lastY;
    private boolean panning;

    /**
     * @param title what the chart shows, for files and screen readers; it is not drawn
     */
    protected ChartPane(String title, Axis xAxis, Axis yAxis) {
        this.title = title;
        this.xAxis = xAxis;
        this.yAxis = yAxis;
        getStyleClass().add("chart-pane");
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        setAccessibleText(title);
        setMinSize(120, 80);
        setPrefSize(360, 220);
        canvas.setManaged(false);
        hover.setManaged(false);
        hover.setVisible(false);
        hover.setMouseTransparent(true);
        hover.getStyleClass().add("chart-hover");
        getChildren().addAll(canvas, hover);
        chartStyle.bind(Theme.chartStyleProperty());
        chartStyle.addListener(property -> rebuild());
        emptyText.addListener(property -> draw());
        stale.addListener((property, before, now) -> canvas.setOpacity(now ? STALE_OPACITY : 1));
        addEventHandler(MouseEvent.MOUSE_MOVED, this::hoverAt);
        addEventHandler(MouseEvent.MOUSE_EXITED, event -> hover.setVisible(false));
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
        addEventHandler(MouseEvent.MOUSE_DRAGGED, this::drag);
        addEventHandler(MouseEvent.MOUSE_CLICKED, this::click);
        addEventHandler(ScrollEvent.SCROLL, this::scroll);
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
    }

    /** Puts datasets and renderers into an empty plot. */
    protected abstract void fill(XYPlot plot, ChartStyle style);

    /** Whether there is anything to draw. */
    protected abstract boolean isEmpty();

    /** What can be pointed at. */
    protected abstract List<Spot> spots();

    /** Whether a point is found by its x alone, as bars and bins are. */
    protected boolean findsByX() {
        return false;
    }

    /** Whether heights are compared from zero, as those of bars are. */
    protected boolean startsAtZero() {
        return false;
    }

    /** Whether the legend tells more than the axes do. */
    protected abstract boolean needsLegend();

    /** The x axis for the plot; bars put names on it. */
    protected ValueAxis createXAxis() {
        return RoundAxes.create(xAxis, false);
    }

    public BooleanProperty staleProperty() {
        return stale;
    }

    /** Stands in the middle while there is no data; says what to do next. */
    public StringProperty emptyTextProperty() {
        return emptyText;
    }

    /** Lines across the chart. */
    public void setMarkers(List<Marker> markers) {
        this.markers = List.copyOf(markers);
        rebuild();
    }

    /** Hears what is clicked. */
    public void setOnPick(Consumer<Pick> onPick) {
        this.onPick = onPick;
    }

    /** Changes the axes' titles, units or logarithms. */
    public void setAxes(Axis xAxis, Axis yAxis) {
        this.xAxis = xAxis;
        this.yAxis = yAxis;
        resetZoom();
        rebuild();
    }

    protected final Axis xAxis() {
        return xAxis;
    }

    protected final Axis yAxis() {
        return yAxis;
    }

    /** Zooms and pans the x axes of two charts together. */
    public static void linkX(ChartPane one, ChartPane other) {
        one.linked.add(other);
        other.linked.add(one);
    }

    /** Shows everything again. */
    public final void resetZoom() {
        zoomTo(null, null);
    }

    /** Makes the chart anew after its data, its axes or the theme changed; keeps the zoom. */
    protected final void rebuild() {
        ChartStyle style = chartStyle.get();
        XYPlot plot = new XYPlot();
        plot.setDomainAxis(createXAxis());
        plot.setRangeAxis(RoundAxes.create(yAxis, startsAtZero()));
        stylePlot(plot, style);
        fill(plot, style);
        for (Marker marker : markers) {
            addMarker(plot, marker, style);
        }
        chart = new JFreeChart(null, null, plot, false);
        chart.setBackgroundPaint(Awt.color(style.background()));
        chart.setPadding(new RectangleInsets(6, 4, 4, 10));
        chart.setElementHinting(false);
        if (needsLegend()) {
            chart.addSubtitle(legend(plot, style));
        }
        spots = spots();
        applyZoom();
        draw();
    }

    private static LegendTitle legend(XYPlot plot, ChartStyle style) {
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

    private void stylePlot(XYPlot plot, ChartStyle style) {
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

    private static void addMarker(XYPlot plot, Marker marker, ChartStyle style) {
        java.awt.Color color = Awt.color(marker.ink().color(style));
        ValueMarker line =
                new ValueMarker(marker.value(), color, Awt.dashes(style.magnification()));
        line.setAlpha(1);
        line.setLabel(marker.label());
        line.setLabelFont(Awt.font(style.labelSize()));
        line.setLabelPaint(color);
        line.setLabelOffset(new RectangleInsets(3, 6, 3, 6));
        line.setLabelBackgroundColor(Awt.color(style.background(), 0));
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

    @Override
    protected void layoutChildren() {
        if (chart == null) {
            rebuild();
        }
        if (canvas.getWidth() != getWidth() || canvas.getHeight() != getHeight()) {
            canvas.setWidth(getWidth());
            canvas.setHeight(getHeight());
            draw();
        }
    }

    private void draw() {
        if (canvas.getWidth() < 1 || canvas.getHeight() < 1 || chart == null) {
            return;
        }
        GraphicsContext graphics = canvas.getGraphicsContext2D();
        graphics.clearRect(0, 0, canvas.getWidth(), canvas.getHeight());
        // Both ways of drawing leave their own text alignment behind.
        graphics.save();
        if (isEmpty()) {
            ChartStyle style = chartStyle.get();
            // The chart's own text must not inherit how this one is aligned.
            graphics.save();
            new FxPen(graphics)
                    .text(
                            emptyText.get(),
                            getWidth() / 2,
                            getHeight() / 2,
                            Pen.Anchor.MIDDLE,
                            style.titleSize(),
                            style.muted());
            graphics.restore();
            return;
        }
        chart.draw(
                new FXGraphics2D(graphics),
                new Rectangle2D.Double(0, 0, canvas.getWidth(), canvas.getHeight()),
                rendering);
        graphics.restore();
    }

    private Rectangle2D area() {
        return rendering.getPlotInfo().getDataArea();
    }

    private boolean isInside(double x, double y) {
        return chart != null && !isEmpty() && area().contains(x, y);
    }

    private double pixelX(double value) {
        return plot().getDomainAxis().valueToJava2D(value, area(), RectangleEdge.BOTTOM);
    }

    private double pixelY(double value) {
        return plot().getRangeAxis().valueToJava2D(value, area(), RectangleEdge.LEFT);
    }

    private XYPlot plot() {
        return chart.getXYPlot();
    }

    /** The nearest thing to a point of the pane, or null. */
    private Spot spotAt(double x, double y) {
        if (!isInside(x, y)) {
            return null;
        }
        Spot nearest = null;
        double least = findsByX() ? Double.POSITIVE_INFINITY : REACH;
        for (Spot spot : spots) {
            double dx = pixelX(spot.x()) - x;
            double dy = pixelY(spot.y()) - y;
            double distance = findsByX() ? Math.abs(dx) + 1e-6 * Math.abs(dy) : Math.hypot(dx, dy);
            if (distance < least) {
                least = distance;
                nearest = spot;
            }
        }
        return nearest;
    }

    private void hoverAt(MouseEvent event) {
        Spot spot = spotAt(event.getX(), event.getY());
        if (spot == null) {
            hover.setVisible(false);
            return;
        }
        hover.setText(spot.words());
        hover.autosize();
        double above = event.getY() - hover.getHeight() - 8;
        hover.relocate(
                Math.clamp(event.getX() + 12, 0, Math.max(0, getWidth() - hover.getWidth())),
                above >= 0 ? above : event.getY() + 16);
        hover.setVisible(true);
    }

    private void press(MouseEvent event) {
        requestFocus();
        pressX = lastX = event.getX();
        pressY = lastY = event.getY();
        panning = false;
    }

    private void drag(MouseEvent event) {
        panning |= Math.hypot(event.getX() - pressX, event.getY() - pressY) > CLICK_SLACK;
        if (!panning || chart == null || isEmpty()) {
            return;
        }
        hover.setVisible(false);
        ValueAxis x = plot().getDomainAxis();
        ValueAxis y = plot().getRangeAxis();
        x.pan((lastX - event.getX()) / area().getWidth());
        y.pan((event.getY() - lastY) / area().getHeight());
        lastX = event.getX();
        lastY = event.getY();
        zoomTo(x.getRange(), y.getRange());
    }

    private void click(MouseEvent event) {
        if (panning || event.getButton() != MouseButton.PRIMARY) {
            return;
        }
        if (event.getClickCount() == 2) {
            resetZoom();
            return;
        }
        Spot spot = spotAt(event.getX(), event.getY());
        if (spot != null) {
            onPick.accept(spot.pick());
        }
    }

    private void scroll(ScrollEvent event) {
        if (isInside(event.getX(), event.getY())) {
            double turned = event.getDeltaY() == 0 ? event.getDeltaX() : event.getDeltaY();
            zoom(Math.pow(1.2, -turned / 40), event.getX(), event.getY());
            event.consume();
        }
    }

    private void zoom(double share, double pixelX, double pixelY) {
        ValueAxis x = plot().getDomainAxis();
        ValueAxis y = plot().getRangeAxis();
        x.resizeRange2(share, x.java2DToValue(pixelX, area(), RectangleEdge.BOTTOM));
        y.resizeRange2(share, y.java2DToValue(pixelY, area(), RectangleEdge.LEFT));
        zoomTo(x.getRange(), y.getRange());
    }

    private void press(KeyEvent event) {
        if (chart == null || isEmpty() || event.isShortcutDown() || event.isAltDown()) {
            return;
        }
        switch (event.getCode()) {
            case LEFT -> pan(-0.1, 0);
            case RIGHT -> pan(0.1, 0);
            case UP -> pan(0, 0.1);
            case DOWN -> pan(0, -0.1);
            case PLUS, ADD, EQUALS -> zoom(1 / 1.5, area().getCenterX(), area().getCenterY());
            case MINUS, SUBTRACT -> zoom(1.5, area().getCenterX(), area().getCenterY());
            case HOME, DIGIT0 -> resetZoom();
            default -> {
                return;
            }
        }
        event.consume();
    }

    private void pan(double x, double y) {
        plot().getDomainAxis().pan(x);
        plot().getRangeAxis().pan(y);
        zoomTo(plot().getDomainAxis().getRange(), plot().getRangeAxis().getRange());
    }

    private void zoomTo(Range x, Range y) {
        zoomedX = x;
        zoomedY = y;
        applyZoom();
        draw();
        for (ChartPane other : linked) {
            other.zoomedX = x;
            other.applyZoom();
            other.draw();
        }
    }

    private void applyZoom() {
        if (chart != null) {
            applyZoom(plot().getDomainAxis(), zoomedX);
            applyZoom(plot().getRangeAxis(), zoomedY);
        }
    }

    private static void applyZoom(ValueAxis axis, Range range) {
        if (range == null) {
            axis.setAutoRange(true);
        } else {
            axis.setRange(range);
        }
    }

    /** The x values in sight. */
    final Range visibleX() {
        return plot().getDomainAxis().getRange();
    }

    @Override
    public final Region node() {
        return this;
    }

    @Override
    public final String fileName() {
        return title;
    }

    @Override
    public final String toSvg() {
        requireData();
        double width = canvas.getWidth();
        double height = canvas.getHeight();
        SvgGraphics svg = new SvgGraphics(width, height);
        chart.draw(svg, new Rectangle2D.Double(0, 0, width, height));
        return svg.document();
    }

    /** Refuses to export nothing. */
    protected final void requireData() {
        if (isEmpty() || chart == null) {
            throw new UserException(Messages.text("export.nothing"));
        }
    }
}

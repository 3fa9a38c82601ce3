package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.ContextMenus;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.control.Label;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Region;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.Range;

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
    public record Marker(boolean vertical, double value, String label, Ink ink) {
        boolean isNamed() {
            return !label.isEmpty();
        }
    }

    /**
     * Something under the pointer.
     *
     * @param series which curve, group or cloud
     * @param index which of its points
     */
    public record Pick(int series, int index) {}

    /** The two axes. */
    record Axes(Axis x, Axis y) {}

    private static final double CLICK_SLACK = 4;
    private static final double STALE_OPACITY = 0.45;

    private final Redraw redraw = new Redraw(this, this::draw);
    private final Label hover = new Label();
    private final ChartCursor cursor = new ChartCursor(hover);
    private final ObjectProperty<ChartStyle> chartStyle =
            new SimpleObjectProperty<>(this, "chartStyle", ChartStyle.LIGHT);
    private final BooleanProperty stale = new SimpleBooleanProperty(this, "stale");
    private final StringProperty emptyText = new SimpleStringProperty(this, "emptyText", "");
    private final String title;
    private final List<ChartPane> linked = new ArrayList<>();

    private Axes axes;
    private ChartContent content;
    private List<Marker> markers = List.of();
    private Consumer<Pick> onPick = pick -> {};
    private Range zoomedX;
    private Range zoomedY;

    /** In the window. */
    private Canvas front = canvas();

    /** Not in the window, to be drawn on next. */
    private Canvas back = canvas();

    /** What the window shows, or null as long as nothing was drawn. */
    private ChartDrawing shown;

    private boolean drawing;

    /** Whether something changed while the painter was at it. */
    private boolean drawAgain;

    private double pressX;
    private double pressY;
    private double lastX;
    private double lastY;
    private boolean panning;

    /**
     * @param title what the chart shows, for files and screen readers; it is not drawn
     * @param content what there is at first
     */
    ChartPane(String title, Axis xAxis, Axis yAxis, ChartContent content) {
        this.title = title;
        this.axes = new Axes(xAxis, yAxis);
        this.content = content;
        getStyleClass().add("chart-pane");
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        setAccessibleText(title);
        setPrefSize(360, 220);
        hover.setManaged(false);
        hover.setVisible(false);
        hover.setMouseTransparent(true);
        hover.getStyleClass().add("chart-hover");
        getChildren().addAll(front, cursor.ring(), hover);
        chartStyle.bind(Theme.chartStyleProperty());
        setMinWidth(120);
        chartStyle.subscribe(
                style -> {
                    if (!minHeightProperty().isBound()) {
                        setMinHeight(style.leastHeight());
                    }
                });
        chartStyle.addListener(property -> redraw.ask());
        emptyText.addListener(property -> redraw.ask());
        stale.addListener(property -> dim());
        addEventHandler(MouseEvent.MOUSE_MOVED, this::hoverAt);
        addEventHandler(MouseEvent.MOUSE_EXITED, event -> hover.setVisible(false));
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
        addEventHandler(MouseEvent.MOUSE_DRAGGED, this::drag);
        addEventHandler(MouseEvent.MOUSE_CLICKED, this::click);
        addEventHandler(ScrollEvent.SCROLL, this::scroll);
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
        focusedProperty().addListener(property -> cursor.hide());
        ContextMenus.on(this, () -> PictureMenu.of(this, value(), this::resetZoom));
        redraw.ask();
    }

    /** What is pointed at, or what keys have reached. */
    private Optional<String> value() {
        return hover.isVisible()
                ? Optional.of(hover.getText())
                : Optional.ofNullable(cursor.spot()).map(spot -> spot.words().get());
    }

    private static Canvas canvas() {
        Canvas canvas = new Canvas();
        canvas.setManaged(false);
        return canvas;
    }

    private void dim() {
        front.setOpacity(stale.get() ? STALE_OPACITY : 1);
    }

    /** Shows something else between the axes; keeps the zoom. */
    final void show(ChartContent changed) {
        content = changed;
        redraw.ask();
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
        redraw.ask();
    }

    /** Hears what is clicked. */
    public void setOnPick(Consumer<Pick> onPick) {
        this.onPick = onPick;
    }

    /** Changes the axes' titles, units or logarithms. */
    public void setAxes(Axis xAxis, Axis yAxis) {
        axes = new Axes(xAxis, yAxis);
        resetZoom();
        redraw.ask();
    }

    final Axes axes() {
        return axes;
    }

    /**
     * Turns the chart's logarithm on or off.
     *
     * @return whether it has one that can be switched
     */
    boolean switchLogarithm() {
        return false;
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

    @Override
    protected void layoutChildren() {
        if (front.getWidth() != getWidth() || front.getHeight() != getHeight()) {
            redraw.ask();
        }
    }

    /** Has what there is now drawn by the painter, one drawing after the other. */
    private void draw() {
        double width = getWidth();
        double height = getHeight();
        if (drawing) {
            drawAgain = true;
            return;
        }
        if (width < 1 || height < 1) {
            return;
        }
        drawing = true;
        ChartDrawing.Plan plan = plan();
        Canvas canvas = back;
        Painter.paint(
                () -> plan.draw(canvas, width, height),
                drawn -> {
                    drawing = false;
                    if (drawAgain) {
                        drawAgain = false;
                        redraw.ask();
                    }
                    show(drawn.get(), canvas);
                });
    }

    private void show(ChartDrawing drawn, Canvas canvas) {
        back = front;
        front = canvas;
        dim();
        getChildren().set(0, front);
        shown = drawn;
        if (!Objects.equals(zoomedX, drawn.plan().zoomedX())
                || !Objects.equals(zoomedY, drawn.plan().zoomedY())) {
            shown.zoomTo(zoomedX, zoomedY);
        }
        cursor.follow(shown);
        if (cursor.spot() != null) {
            tellCursor();
        }
        if (cursor.ring().isVisible()) {
            placeHover(shown.pixelX(cursor.spot()), shown.pixelY(cursor.spot()));
        }
    }

    private ChartDrawing.Plan plan() {
        return new ChartDrawing.Plan(
                content, axes, markers, chartStyle.get(), zoomedX, zoomedY, emptyText.get());
    }

    /** Whether there is something that can be zoomed. */
    private boolean isShown() {
        return shown != null && !shown.plan().content().isEmpty();
    }

    private ChartContent.Spot spotAt(double x, double y) {
        return shown == null ? null : shown.spotAt(x, y);
    }

    private void hoverAt(MouseEvent event) {
        cursor.hide();
        ChartContent.Spot spot = spotAt(event.getX(), event.getY());
        if (spot == null) {
            hover.setVisible(false);
            return;
        }
        hover.setText(spot.words().get());
        placeHover(event.getX(), event.getY());
        hover.setVisible(true);
    }

    private void placeHover(double x, double y) {
        hover.autosize();
        double above = y - hover.getHeight() - 8;
        hover.relocate(
                Math.clamp(x + 12, 0, Math.max(0, getWidth() - hover.getWidth())),
                above >= 0 ? above : y + 16);
    }

    private void press(MouseEvent event) {
        requestFocus();
        pressX = lastX = event.getX();
        pressY = lastY = event.getY();
        panning = false;
    }

    private void drag(MouseEvent event) {
        panning |= Math.hypot(event.getX() - pressX, event.getY() - pressY) > CLICK_SLACK;
        if (!panning || !isShown()) {
            return;
        }
        hover.setVisible(false);
        ValueAxis x = shown.x();
        ValueAxis y = shown.y();
        x.pan((lastX - event.getX()) / shown.area().getWidth());
        y.pan((event.getY() - lastY) / shown.area().getHeight());
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
        pick(spotAt(event.getX(), event.getY()));
    }

    /** Says what was picked, unless other data are about to be drawn: it may be no part of them. */
    private void pick(ChartContent.Spot spot) {
        if (spot != null && shown.plan().content() == content) {
            onPick.accept(spot.pick());
        }
    }

    private void scroll(ScrollEvent event) {
        if (shown != null && shown.isInside(event.getX(), event.getY())) {
            double turned = event.getDeltaY() == 0 ? event.getDeltaX() : event.getDeltaY();
            zoom(Math.pow(1.2, -turned / 40), event.getX(), event.getY());
            event.consume();
        }
    }

    private void zoom(double share, double pixelX, double pixelY) {
        ValueAxis x = shown.x();
        ValueAxis y = shown.y();
        x.resizeRange2(share, shown.valueX(pixelX));
        y.resizeRange2(share, shown.valueY(pixelY));
        zoomTo(x.getRange(), y.getRange());
    }

    private void press(KeyEvent event) {
        PictureKey key = PictureKey.of(event).orElse(null);
        if (!isShown() || key == null) {
            return;
        }
        switch (key) {
            case LEFT, RIGHT, UP, DOWN -> moveCursor(key, event.isShiftDown() ? 10 : 1);
            case ZOOM_IN -> zoom(1 / 1.5, shown.area().getCenterX(), shown.area().getCenterY());
            case ZOOM_OUT -> zoom(1.5, shown.area().getCenterX(), shown.area().getCenterY());
            case WHOLE -> resetZoom();
            case PICK -> pick(cursor.spot());
            case LOG -> {
                if (!switchLogarithm()) {
                    return;
                }
            }
        }
        event.consume();
    }

    private void moveCursor(PictureKey key, int steps) {
        if (shown.spots().isEmpty()) {
            return;
        }
        cursor.move(key, steps, shown.spots());
        ChartContent.Spot spot = cursor.spot();
        reveal(spot);
        cursor.place(shown);
        placeHover(shown.pixelX(spot), shown.pixelY(spot));
        tellCursor();
    }

    private void tellCursor() {
        setAccessibleText(Messages.text("picture.accessible", title, cursor.spot().words().get()));
    }

    /** Pans so far that a point is in sight. */
    private void reveal(ChartContent.Spot spot) {
        double x = beyond(shown.x(), spot.x());
        double y = beyond(shown.y(), spot.y());
        if (x != 0 || y != 0) {
            shown.x().pan(x);
            shown.y().pan(y);
            zoomTo(shown.x().getRange(), shown.y().getRange());
        }
    }

    /** By which share of an axis a value lies outside it. */
    private static double beyond(ValueAxis axis, double value) {
        Range range = axis.getRange();
        if (range.contains(value)) {
            return 0;
        }
        double edge = value < range.getLowerBound() ? range.getLowerBound() : range.getUpperBound();
        return (value - edge) / range.getLength();
    }

    private void zoomTo(Range x, Range y) {
        zoomTo(this, x, y);
        for (ChartPane other : linked) {
            zoomTo(other, x, other.zoomedY);
        }
    }

    private static void zoomTo(ChartPane pane, Range x, Range y) {
        if (!Objects.equals(x, pane.zoomedX) || !Objects.equals(y, pane.zoomedY)) {
            pane.zoomedX = x;
            pane.zoomedY = y;
            if (pane.shown != null) {
                pane.shown.zoomTo(x, y);
            }
            pane.redraw.ask();
        }
    }

    /** The pixel from the top at which a value is. */
    final double pixelY(double value) {
        return shown.y().valueToJava2D(value, shown.area(), RectangleEdge.LEFT);
    }

    /** The x values in sight. */
    final Range visibleX() {
        return shown.x().getRange();
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
    public final Supplier<String> svg() {
        requireData();
        ChartDrawing.Plan taken = plan();
        double width = getWidth();
        double height = getHeight();
        return () -> {
            SvgGraphics svg = new SvgGraphics(width, height);
            taken.chart(height).draw(svg, new Rectangle2D.Double(0, 0, width, height));
            return svg.document();
        };
    }

    /** Refuses to export nothing. */
    final void requireData() {
        if (content.isEmpty()) {
            throw new UserException(Messages.text("export.nothing"));
        }
    }
}

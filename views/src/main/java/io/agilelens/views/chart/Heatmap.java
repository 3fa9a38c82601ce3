package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.ContextMenus;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.nio.IntBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.css.PseudoClass;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.control.Label;
import javafx.scene.image.ImageView;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.ContextMenuEvent;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Region;

/**
 * A table of numbers as a picture: hover for the exact value, click or arrow keys to select, wheel
 * to zoom about the pointer, drag to pan, double click to see everything again. The cells are one
 * image filled away from the UI thread, so four thousand columns by two thousand rows pan smoothly.
 */
public final class Heatmap extends Region implements Exportable {

    /**
     * The values that the colours span when several maps are to be compared.
     *
     * @param minimum the value of the first colour
     * @param maximum the value of the last colour
     */
    public record Range(double minimum, double maximum) {}

    /** A cell by its row and column. */
    public record Cell(int row, int column) {}

    private static final PseudoClass STALE = PseudoClass.getPseudoClass("stale");
    private static final double STALE_OPACITY = 0.45;
    private static final double LARGEST_CELL = 48;
    private static final double CLICK_SLACK = 4;

    private final ObjectProperty<HeatmapData> data = new SimpleObjectProperty<>(this, "data");
    private final ObjectProperty<Range> range = new SimpleObjectProperty<>(this, "range");
    private final BooleanProperty diverging = new SimpleBooleanProperty(this, "diverging");
    private final BooleanProperty logScale = new SimpleBooleanProperty(this, "logScale");
    private final BooleanProperty stale = new SimpleBooleanProperty(this, "stale");
    private final IntegerProperty selectedRow = new SimpleIntegerProperty(this, "selectedRow", -1);
    private final IntegerProperty selectedColumn =
            new SimpleIntegerProperty(this, "selectedColumn", -1);
    private final ReadOnlyObjectWrapper<Cell> hovered =
            new ReadOnlyObjectWrapper<>(this, "hovered");
    private final ObjectProperty<ColumnMarks> columnMarks =
            new SimpleObjectProperty<>(this, "columnMarks", ColumnMarks.NONE);
    private final StringProperty title = new SimpleStringProperty(this, "title", "");
    private final StringProperty emptyText = new SimpleStringProperty(this, "emptyText", "");
    private final ObjectProperty<ChartStyle> chartStyle =
            new SimpleObjectProperty<>(this, "chartStyle", ChartStyle.LIGHT);

    private final ImageView cells = new ImageView();
    private final Canvas overlay = new Canvas();
    private final Pen pen = new FxPen(overlay.getGraphicsContext2D());
    private final Label hover = new Label();
    private final AtomicInteger newest = new AtomicInteger();
    private final Redraw redraw = new Redraw(this, this::draw);
    private final Redraw redrawOverlay = new Redraw(this, this::drawOverlay);

    private Viewport viewport;
    private HeatmapPicture picture;
    private PixelBuffer<IntBuffer> pixels;
    private double pressX;
    private double pressY;
    private Viewport pressViewport;
    private boolean panning;

    /** An empty map; it shows {@link #emptyTextProperty} until it is given data. */
    public Heatmap() {
        getStyleClass().add("heatmap");
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        setPrefSize(480, 280);
        cells.setSmooth(false);
        cells.setManaged(false);
        overlay.setManaged(false);
        hover.setManaged(false);
        hover.setVisible(false);
        hover.getStyleClass().add("chart-hover");
        hover.setMouseTransparent(true);
        getChildren().addAll(cells, overlay, hover);

        chartStyle.bind(Theme.chartStyleProperty());
        data.addListener((property, before, now) -> show(before, now));
        range.addListener(property -> redraw.ask());
        diverging.addListener(property -> redraw.ask());
        logScale.addListener(property -> redraw.ask());
        setMinWidth(120);
        chartStyle.subscribe(
                style -> {
                    if (!minHeightProperty().isBound()) {
                        setMinHeight(style.leastHeight());
                    }
                });
        chartStyle.addListener(property -> redraw.ask());
        emptyText.addListener(property -> redraw.ask());
        columnMarks.addListener(property -> redrawOverlay.ask());
        selectedRow.addListener(property -> showSelection());
        selectedColumn.addListener(property -> showSelection());
        focusedProperty().addListener(property -> redrawOverlay.ask());
        stale.addListener((property, before, now) -> dim(now));

        addEventHandler(MouseEvent.MOUSE_MOVED, this::hoverAt);
        addEventHandler(MouseEvent.MOUSE_EXITED, event -> endHover());
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
        addEventHandler(MouseEvent.MOUSE_DRAGGED, this::drag);
        addEventHandler(MouseEvent.MOUSE_CLICKED, this::click);
        addEventHandler(ScrollEvent.SCROLL, this::scroll);
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
        addEventHandler(ContextMenuEvent.CONTEXT_MENU_REQUESTED, this::showMenu);
    }

    /** What is pointed at is selected first, so that it can be gone to elsewhere. */
    private void showMenu(ContextMenuEvent request) {
        int column =
                picture == null || request.isKeyboardTrigger()
                        ? -1
                        : picture.columnAt(request.getX(), request.getY());
        if (column >= 0 && picture.data() == data.get()) {
            select(picture.rowAt(request.getX(), request.getY()), column);
        }
        Optional<String> value =
                selectedCell().map(cell -> picture.describe(cell.row(), cell.column()));
        ContextMenus.show(this, PictureMenu.of(this, value, this::resetZoom), request);
        request.consume();
    }

    /** The table, or null for none. A table of the same shape keeps zoom and selection. */
    public ObjectProperty<HeatmapData> dataProperty() {
        return data;
    }

    /** The values the colours span, or null for those of the data. */
    public ObjectProperty<Range> rangeProperty() {
        return range;
    }

    /** Whether zero is the middle of the colours, for differences and signed values. */
    public BooleanProperty divergingProperty() {
        return diverging;
    }

    /** Whether colours follow the logarithm. */
    public BooleanProperty logScaleProperty() {
        return logScale;
    }

    /** Whether the picture shows what was, while what is is being computed. */
    public BooleanProperty staleProperty() {
        return stale;
    }

    /** Columns with a padlock above them. */
    public ObjectProperty<ColumnMarks> columnMarksProperty() {
        return columnMarks;
    }

    /** The selected row, or −1. */
    public IntegerProperty selectedRowProperty() {
        return selectedRow;
    }

    /** The selected column, or −1. */
    public IntegerProperty selectedColumnProperty() {
        return selectedColumn;
    }

    /** The cell under the pointer, or null. */
    public ReadOnlyObjectProperty<Cell> hoveredProperty() {
        return hovered.getReadOnlyProperty();
    }

    /** What the map shows, for files and screen readers. */
    public StringProperty titleProperty() {
        return title;
    }

    /** Stands in the middle while there is no data; says what to do next. */
    public StringProperty emptyTextProperty() {
        return emptyText;
    }

    /** Selects a cell; −1 selects no row or no column. */
    public void select(int row, int column) {
        selectedRow.set(row);
        selectedColumn.set(column);
    }

    /** Dims the picture while what it shows is being computed anew. */
    public void setStale(boolean value) {
        stale.set(value);
    }

    /** Shows the whole table again. */
    public void resetZoom() {
        if (data.get() != null) {
            viewport = Viewport.whole(data.get());
            redraw.ask();
        }
    }

    /** The part of the table in sight. */
    Viewport viewport() {
        return viewport;
    }

    /** Where things are on the screen, or null while there is nothing to show. */
    HeatmapPicture picture() {
        return picture;
    }

    private void show(HeatmapData before, HeatmapData now) {
        boolean sameShape =
                before != null
                        && now != null
                        && before.rows() == now.rows()
                        && before.columns() == now.columns();
        if (!sameShape) {
            viewport = now == null ? null : Viewport.whole(now);
            if (now != null && selectedRow.get() >= now.rows()) {
                selectedRow.set(-1);
            }
            if (now != null && selectedColumn.get() >= now.columns()) {
                selectedColumn.set(-1);
            }
        }
        endHover();
        if (now == null) {
            picture = null;
            cells.setVisible(false);
        }
        redraw.ask();
    }

    private void showSelection() {
        if (data.get() != null) {
            Viewport revealed =
                    viewport.reveal(selectedRow.get(), selectedColumn.get(), data.get());
            if (!revealed.equals(viewport)) {
                viewport = revealed;
                redraw.ask();
                return;
            }
        }
        if (!redraw.isWanted()) {
            redrawOverlay.ask();
            describeForScreenReaders();
        }
    }

    private void dim(boolean now) {
        pseudoClassStateChanged(STALE, now);
        cells.setOpacity(now ? STALE_OPACITY : 1);
    }

    @Override
    protected void layoutChildren() {
        if (overlay.getWidth() != getWidth() || overlay.getHeight() != getHeight()) {
            overlay.setWidth(getWidth());
            overlay.setHeight(getHeight());
            redraw.ask();
        }
    }

    /** Lays out, writes the axes now and has the cells painted by the worker. */
    private void draw() {
        HeatmapData table = data.get();
        int generation = newest.incrementAndGet();
        if (table == null || getWidth() < 1 || getHeight() < 1) {
            picture = null;
            cells.setVisible(false);
            drawOverlay();
            return;
        }
        picture =
                HeatmapPicture.lay(
                        table,
                        viewport,
                        scale(table),
                        colors(),
                        chartStyle.get(),
                        getWidth(),
                        getHeight(),
                        pen);
        drawOverlay();
        describeForScreenReaders();
        HeatmapPicture wanted = picture;
        double density = density();
        int width = (int) Math.max(1, Math.round(wanted.area().width() * density));
        int height = (int) Math.max(1, Math.round(wanted.area().height() * density));
        Painter.paint(
                () -> generation == newest.get() ? paint(wanted, width, height) : null,
                painted -> {
                    int[] argb = painted.get();
                    if (argb != null && generation == newest.get()) {
                        showCells(wanted, argb, width, height);
                    }
                });
    }

    private static int[] paint(HeatmapPicture picture, int width, int height) {
        return HeatmapRaster.paint(
                picture.data(),
                picture.viewport(),
                width,
                height,
                picture.scale(),
                picture.colors());
    }

    private double density() {
        return getScene() == null || getScene().getWindow() == null
                ? 1
                : getScene().getWindow().getOutputScaleX();
    }

    private void showCells(HeatmapPicture painted, int[] argb, int width, int height) {
        if (pixels == null || pixels.getWidth() != width || pixels.getHeight() != height) {
            pixels =
                    new PixelBuffer<>(
                            width,
                            height,
                            IntBuffer.allocate(width * height),
                            PixelFormat.getIntArgbPreInstance());
            cells.setImage(new WritableImage(pixels));
        }
        pixels.updateBuffer(
                buffer -> {
                    buffer.getBuffer().put(0, argb);
                    return null;
                });
        HeatmapPicture.Area area = painted.area();
        cells.setX(area.left());
        cells.setY(area.top());
        cells.setFitWidth(area.width());
        cells.setFitHeight(area.height());
        cells.setVisible(true);
    }

    private void drawOverlay() {
        GraphicsContext graphics = overlay.getGraphicsContext2D();
        graphics.clearRect(0, 0, overlay.getWidth(), overlay.getHeight());
        ChartStyle style = chartStyle.get();
        if (picture == null) {
            pen.text(
                    emptyText.get(),
                    getWidth() / 2,
                    getHeight() / 2,
                    Pen.Anchor.MIDDLE,
                    style.titleSize(),
                    style.muted());
            return;
        }
        picture.drawAxes(pen);
        picture.drawMarks(pen, columnMarks.get());
        picture.drawSelection(pen, selectedRow.get(), selectedColumn.get());
        if (isFocused()) {
            HeatmapPicture.Area area = picture.area();
            pen.frame(
                    area.left() - 1,
                    area.top() - 1,
                    area.width() + 1,
                    area.height() + 1,
                    style.baseline(),
                    1);
        }
    }

    private ColorMap colors() {
        boolean dark = chartStyle.get().dark();
        return diverging.get() ? ColorMap.diverging(dark) : ColorMap.sequential(dark);
    }

    private ValueScale scale(HeatmapData table) {
        Range wanted = range.get();
        double minimum = wanted != null ? wanted.minimum() : orZero(table.minimum());
        double maximum = wanted != null ? wanted.maximum() : orZero(table.maximum());
        String unit = table.labels().unit();
        if (diverging.get()) {
            double reach = Math.max(Math.abs(minimum), Math.abs(maximum));
            return logScale.get()
                    ? ValueScale.symmetricLog(reach, unit)
                    : ValueScale.symmetric(reach, unit);
        }
        if (logScale.get()) {
            double bottom =
                    minimum > 0 ? minimum : Math.max(table.smallestPositive(), maximum / 1e6);
            return ValueScale.log(Double.isNaN(bottom) ? 0 : bottom, maximum, unit);
        }
        return ValueScale.linear(minimum, maximum, unit);
    }

    private static double orZero(float value) {
        return Float.isNaN(value) ? 0 : value;
    }

    private void hoverAt(MouseEvent event) {
        int column = picture == null ? -1 : picture.columnAt(event.getX(), event.getY());
        if (column < 0) {
            endHover();
            return;
        }
        Cell cell = new Cell(picture.rowAt(event.getX(), event.getY()), column);
        hovered.set(cell);
        hover.setText(picture.describe(cell.row(), cell.column()));
        placeHover(event.getX(), event.getY());
    }

    private void placeHover(double x, double y) {
        hover.autosize();
        double right = getWidth() - hover.getWidth();
        double above = y - hover.getHeight() - 8;
        hover.relocate(Math.clamp(x + 12, 0, Math.max(0, right)), above >= 0 ? above : y + 16);
        hover.setVisible(true);
    }

    private void endHover() {
        hovered.set(null);
        hover.setVisible(false);
    }

    private void press(MouseEvent event) {
        requestFocus();
        pressX = event.getX();
        pressY = event.getY();
        pressViewport = viewport;
        panning = false;
    }

    private void drag(MouseEvent event) {
        if (picture == null || pressViewport == null) {
            return;
        }
        double dx = event.getX() - pressX;
        double dy = event.getY() - pressY;
        panning |= Math.hypot(dx, dy) > CLICK_SLACK;
        if (panning) {
            endHover();
            HeatmapPicture.Area area = picture.area();
            move(
                    pressViewport.pan(
                            -dx / area.width() * viewport.width(),
                            -dy / area.height() * viewport.height(),
                            data.get()));
        }
    }

    private void click(MouseEvent event) {
        if (picture == null || panning || event.getButton() != MouseButton.PRIMARY) {
            return;
        }
        if (event.getClickCount() == 2) {
            resetZoom();
            return;
        }
        int column = picture.columnAt(event.getX(), event.getY());
        // Other data may be about to be drawn.
        if (column >= 0 && picture.data() == data.get()) {
            select(picture.rowAt(event.getX(), event.getY()), column);
        }
    }

    private void scroll(ScrollEvent event) {
        if (picture == null || picture.columnAt(event.getX(), event.getY()) < 0) {
            return;
        }
        HeatmapPicture.Area area = picture.area();
        double x = viewport.left() + (event.getX() - area.left()) / area.width() * viewport.width();
        double y = viewport.top() + (event.getY() - area.top()) / area.height() * viewport.height();
        double turned = event.getDeltaY() == 0 ? event.getDeltaX() : event.getDeltaY();
        zoom(Math.pow(1.2, turned / 40), x, y);
        event.consume();
    }

    private void zoom(double factor, double x, double y) {
        HeatmapData table = data.get();
        HeatmapPicture.Area area = picture.area();
        double leastWidth = Math.min(table.columns(), area.width() / LARGEST_CELL);
        double leastHeight = Math.min(table.rows(), area.height() / LARGEST_CELL);
        move(viewport.zoom(factor, x, y, Math.max(1, leastWidth), Math.max(1, leastHeight), table));
    }

    private void move(Viewport wanted) {
        if (!wanted.equals(viewport)) {
            viewport = wanted;
            redraw.ask();
        }
    }

    private void press(KeyEvent event) {
        PictureKey key = PictureKey.of(event).orElse(null);
        if (picture == null || key == null) {
            return;
        }
        int step = event.isShiftDown() ? 10 : 1;
        double middleX = viewport.left() + viewport.width() / 2;
        double middleY = viewport.top() + viewport.height() / 2;
        switch (key) {
            case LEFT -> moveSelection(0, -step);
            case RIGHT -> moveSelection(0, step);
            case UP -> moveSelection(-step, 0);
            case DOWN -> moveSelection(step, 0);
            case ZOOM_IN -> zoom(1.5, middleX, middleY);
            case ZOOM_OUT -> zoom(1 / 1.5, middleX, middleY);
            case WHOLE -> resetZoom();
            case PICK -> showValue();
            case LOG -> logScale.set(!logScale.get());
        }
        event.consume();
    }

    /** Writes the value of the selected cell beside it, as the pointer does. */
    private void showValue() {
        selectedCell()
                .ifPresent(
                        cell -> {
                            HeatmapPicture.Area area = picture.cell(cell.row(), cell.column());
                            hover.setText(picture.describe(cell.row(), cell.column()));
                            placeHover(
                                    area.left() + area.width() / 2, area.top() + area.height() / 2);
                        });
    }

    /** The selected cell if the picture has it: the one to be selected may come with other data. */
    private Optional<Cell> selectedCell() {
        int row = selectedRow.get();
        int column = selectedColumn.get();
        return picture != null && picture.holds(row, column)
                ? Optional.of(new Cell(row, column))
                : Optional.empty();
    }

    private void moveSelection(int rows, int columns) {
        HeatmapData table = data.get();
        int row = selectedRow.get() < 0 ? 0 : selectedRow.get() + rows;
        int column = selectedColumn.get() < 0 ? 0 : selectedColumn.get() + columns;
        select(Math.clamp(row, 0, table.rows() - 1), Math.clamp(column, 0, table.columns() - 1));
        showValue();
    }

    private void describeForScreenReaders() {
        if (picture == null) {
            return;
        }
        HeatmapData table = data.get();
        String whole =
                Messages.text(
                        "heatmap.accessible",
                        title.get(),
                        table.rows() + " × " + table.labels().row(),
                        table.columns() + " × " + table.labels().column(),
                        picture.legendTitle());
        setAccessibleText(
                selectedCell()
                        .map(cell -> whole + " " + picture.describe(cell.row(), cell.column()))
                        .orElse(whole));
    }

    @Override
    public Region node() {
        return this;
    }

    @Override
    public String fileName() {
        return title.get().isEmpty() ? Objects.toString(getId(), "heatmap") : title.get();
    }

    @Override
    public Supplier<String> svg() {
        HeatmapPicture shown = requirePicture();
        ColumnMarks marks = columnMarks.get();
        int row = selectedRow.get();
        int column = selectedColumn.get();
        return () -> svg(shown, marks, row, column);
    }

    private static String svg(HeatmapPicture shown, ColumnMarks marks, int row, int column) {
        SvgPen svg = new SvgPen(shown.width(), shown.height(), FxPen.ruler());
        svg.fill(0, 0, shown.width(), shown.height(), shown.style().background());
        HeatmapPicture.Area area = shown.area();
        int width = (int) area.width();
        int height = (int) area.height();
        svg.image(
                paint(shown, width, height),
                width,
                height,
                area.left(),
                area.top(),
                area.width(),
                area.height());
        shown.drawAxes(svg);
        shown.drawMarks(svg, marks);
        shown.drawSelection(svg, row, column);
        return svg.document();
    }

    @Override
    public CsvDocument csv() {
        HeatmapData shown = requirePicture().data();
        return csv -> csv.table(shown);
    }

    private HeatmapPicture requirePicture() {
        if (redraw.isWanted()) {
            draw();
        }
        if (picture == null) {
            throw new UserException(Messages.text("export.nothing"));
        }
        return picture;
    }
}

package io.agilelens.views.tokens;

import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.Csv;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.FxPen;
import io.agilelens.views.chart.Pen;
import io.agilelens.views.chart.SvgPen;
import java.util.List;
import java.util.function.Supplier;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.control.Label;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;

/**
 * The share of the tokens that leaves at each layer, as bars that are dragged up and down; the
 * arrow keys do the same. A layer whose bar is at the bottom does not prune.
 */
final class ScheduleEditor extends Region implements Exportable {
    private static final double STALE_OPACITY = 0.45;
    private static final double[] TOPS = {0.1, 0.25, 0.5, 1};
    private static final double ROOM_ABOVE = 1.05;
    private static final double STEP = 0.01;
    private static final double PAGE = 0.1;

    /** What a drag ends at, so that shares are round numbers. */
    private static final double GRAIN = 0.005;

    private final TokensViewModel model;
    private final Canvas canvas = new Canvas();
    private final Pen pen = new FxPen(canvas.getGraphicsContext2D());
    private final Label hover = new Label();
    private final ObjectProperty<ChartStyle> style =
            new SimpleObjectProperty<>(this, "style", ChartStyle.LIGHT);
    private final BooleanProperty stale = new SimpleBooleanProperty(this, "stale");
    private double[] shares = {};
    private double top = TOPS[1];
    private int chosen;
    private boolean dragging;

    ScheduleEditor(TokensViewModel model) {
        this.model = model;
        setId("schedule-editor");
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.SLIDER);
        setAccessibleText(Messages.text("tokens.editor.title"));
        setAccessibleHelp(Messages.text("tokens.editor.sentence"));
        setMinSize(160, 90);
        setPrefSize(300, 150);
        canvas.setManaged(false);
        hover.setManaged(false);
        hover.setVisible(false);
        hover.setMouseTransparent(true);
        hover.getStyleClass().add("chart-hover");
        getChildren().addAll(canvas, hover);
        style.bind(Theme.chartStyleProperty());
        style.addListener(_ -> draw());
        stale.addListener((_, _, now) -> canvas.setOpacity(now ? STALE_OPACITY : 1));
        focusedProperty().addListener(_ -> draw());
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
        addEventHandler(MouseEvent.MOUSE_DRAGGED, this::drag);
        addEventHandler(MouseEvent.MOUSE_RELEASED, _ -> release());
        addEventHandler(MouseEvent.MOUSE_MOVED, event -> point(event.getX(), event.getY()));
        addEventHandler(MouseEvent.MOUSE_EXITED, _ -> hover.setVisible(false));
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
    }

    /** Shows the shares, by layer, of the recipe in force. */
    void show(double[] now) {
        shares = now.clone();
        chosen = Math.clamp(chosen, 0, Math.max(0, shares.length - 1));
        if (!dragging) {
            scale();
        }
        draw();
    }

    /** Whether what follows from the shares is being computed. */
    BooleanProperty staleProperty() {
        return stale;
    }

    private void scale() {
        double largest = 0;
        for (double share : shares) {
            largest = Math.max(largest, share);
        }
        top = TOPS[TOPS.length - 1];
        for (int i = TOPS.length - 1; i >= 1; i--) {
            top = largest * ROOM_ABOVE <= TOPS[i] ? TOPS[i] : top;
        }
    }

    @Override
    protected void layoutChildren() {
        canvas.setWidth(getWidth());
        canvas.setHeight(getHeight());
        draw();
    }

    private double labelSize() {
        return style.get().labelSize();
    }

    private double left() {
        return labelSize() * 3.6;
    }

    private double bottom() {
        return getHeight() - labelSize() * 2.9;
    }

    private double ceiling() {
        return labelSize();
    }

    private double column() {
        return (getWidth() - left() - 4) / Math.max(1, shares.length);
    }

    private double y(double share) {
        return bottom() - share / top * (bottom() - ceiling());
    }

    private void draw() {
        canvas.getGraphicsContext2D().clearRect(0, 0, getWidth(), getHeight());
        if (shares.length == 0 || getWidth() < 1) {
            return;
        }
        draw(pen);
        setAccessibleText(Messages.text("tokens.editor.title") + ". " + describe(chosen));
    }

    private void draw(Pen on) {
        ChartStyle looks = style.get();
        double size = labelSize();
        for (int i = 0; i <= 2; i++) {
            double share = top * i / 2;
            on.line(left(), y(share), getWidth() - 4, y(share), looks.grid(), 1);
            on.text(
                    Figures.number(100 * share, "%"),
                    left() - 6,
                    y(share),
                    Pen.Anchor.END,
                    size,
                    looks.text());
        }
        int every = Math.max(1, (int) Math.ceil(size * 1.8 / column()));
        for (int layer = 0; layer < shares.length; layer++) {
            double x = left() + layer * column();
            double width = Math.max(1, column() - Math.min(3, column() / 4));
            on.fill(x, y(shares[layer]), width, bottom() - y(shares[layer]), looks.tuned());
            // A handle, also where nothing leaves.
            on.fill(x, y(shares[layer]) - 2, width, 3, looks.tuned());
            if (layer % every == 0) {
                on.text(
                        Integer.toString(layer),
                        x + width / 2,
                        bottom() + size,
                        Pen.Anchor.MIDDLE,
                        size,
                        looks.text());
            }
            if (layer == chosen && isFocused()) {
                on.frame(x - 1, ceiling(), width + 1, bottom() - ceiling(), looks.selection(), 1.5);
            }
        }
        on.text(
                Messages.text("tokens.schedule.x"),
                (left() + getWidth()) / 2,
                bottom() + 2.2 * size,
                Pen.Anchor.MIDDLE,
                looks.titleSize(),
                looks.muted());
    }

    private int layerAt(double x) {
        int layer = (int) Math.floor((x - left()) / column());
        return layer < 0 || layer >= shares.length ? -1 : layer;
    }

    private String describe(int layer) {
        return Messages.text(
                shares[layer] > 0 ? "tokens.editor.share" : "tokens.editor.none",
                Integer.toString(layer),
                Figures.number(100 * shares[layer], "%"),
                model.course(layer));
    }

    private void point(double x, double y) {
        int layer = layerAt(x);
        if (layer < 0) {
            hover.setVisible(false);
            return;
        }
        hover.setText(describe(layer));
        hover.autosize();
        hover.relocate(
                Math.clamp(x + 12, 0, Math.max(0, getWidth() - hover.getWidth())),
                y > hover.getHeight() + 8 ? y - hover.getHeight() - 8 : y + 16);
        hover.setVisible(true);
    }

    private void press(MouseEvent event) {
        requestFocus();
        int layer = layerAt(event.getX());
        if (layer >= 0 && event.getButton() == MouseButton.PRIMARY) {
            chosen = layer;
            dragging = true;
            dragTo(event.getX(), event.getY());
        }
    }

    private void drag(MouseEvent event) {
        if (dragging) {
            dragTo(event.getX(), event.getY());
        }
    }

    private void dragTo(double x, double y) {
        double share = (bottom() - y) / (bottom() - ceiling()) * top;
        model.setShare(chosen, Math.max(0, Math.rint(share / GRAIN) * GRAIN));
        point(x, y);
        draw();
    }

    private void release() {
        dragging = false;
        model.endStep();
        scale();
        draw();
    }

    private void press(KeyEvent event) {
        if (shares.length == 0 || event.isShortcutDown() || event.isAltDown()) {
            return;
        }
        switch (event.getCode()) {
            case LEFT -> chosen = Math.max(0, chosen - 1);
            case RIGHT -> chosen = Math.min(shares.length - 1, chosen + 1);
            case HOME -> chosen = 0;
            case END -> chosen = shares.length - 1;
            case UP -> change(STEP);
            case DOWN -> change(-STEP);
            case PAGE_UP -> change(PAGE);
            case PAGE_DOWN -> change(-PAGE);
            case DELETE, BACK_SPACE -> model.setShare(chosen, 0);
            default -> {
                return;
            }
        }
        draw();
        event.consume();
    }

    private void change(double by) {
        double share = Math.rint((shares[chosen] + by) * 1000) / 1000;
        model.setShare(chosen, Math.max(0, share));
    }

    @Override
    public Region node() {
        return this;
    }

    @Override
    public String fileName() {
        return Messages.text("tokens.editor.title");
    }

    @Override
    public Supplier<String> svg() {
        SvgPen svg = new SvgPen(getWidth(), getHeight(), pen);
        svg.fill(0, 0, getWidth(), getHeight(), style.get().background());
        draw(svg);
        return svg::document;
    }

    @Override
    public Supplier<String> csv() {
        Csv csv = new Csv().line(List.of("layer", "share"));
        for (int layer = 0; layer < shares.length; layer++) {
            csv.line(List.of(layer, shares[layer]));
        }
        return csv::toString;
    }
}

package io.agilelens.views.tokens;

import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.WindowAdvice;
import io.agilelens.views.chart.CanvasPicture;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.CsvDocument;
import io.agilelens.views.chart.Pen;
import io.agilelens.views.chart.PictureMenu;
import java.util.List;
import java.util.Optional;
import javafx.scene.AccessibleRole;
import javafx.scene.control.MenuItem;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.paint.Color;

/**
 * The share of the tokens that leaves at each layer, as bars that are dragged up and down; the
 * arrow keys do the same. A layer whose bar is at the bottom does not prune. The wheel zooms the
 * layers about the pointer and, sideways or with Shift, pans them.
 */
final class ScheduleEditor extends CanvasPicture {
    private static final double[] TOPS = {0.1, 0.25, 0.5, 1};
    private static final double ROOM_ABOVE = 1.05;
    private static final double STEP = 0.01;
    private static final double PAGE = 0.1;

    /** Layers that stay in sight at the strongest zoom. */
    private static final double FEWEST = 4;

    /** What a drag ends at, so that shares are round numbers. */
    private static final double GRAIN = 0.005;

    private final TokensViewModel model;
    private double[] shares = {};
    private double top = TOPS[1];
    private int chosen;
    private boolean dragging;

    /** The first layer in sight, and how many are; zoomed a bar may be cut at the edge. */
    private double first;

    private double seen;

    ScheduleEditor(TokensViewModel model) {
        super(Messages.text("tokens.editor.heading"));
        this.model = model;
        setId("schedule-editor");
        setAccessibleRole(AccessibleRole.SLIDER);
        setAccessibleHelp(WindowAdvice.shown(Messages.text("tokens.editor.sentence")));
        setMinSize(160, 90);
        setPrefSize(300, 150);
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
        addEventHandler(MouseEvent.MOUSE_DRAGGED, this::drag);
        addEventHandler(MouseEvent.MOUSE_RELEASED, _ -> release());
        addEventHandler(ScrollEvent.SCROLL, this::scroll);
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
    }

    /** Shows the shares, by layer, of the recipe in force. */
    void show(double[] now) {
        if (shares.length != now.length) {
            seen = now.length;
            first = 0;
        }
        shares = now.clone();
        chosen = Math.clamp(chosen, 0, Math.max(0, shares.length - 1));
        if (!dragging) {
            scale();
        }
        draw();
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

    private double labelSize() {
        return style().labelSize();
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
        return (getWidth() - left() - 4) / Math.max(1, seen);
    }

    private double y(double share) {
        return bottom() - share / top * (bottom() - ceiling());
    }

    @Override
    protected boolean isShown() {
        return shares.length > 0;
    }

    private void draw() {
        repaint();
        if (isShown()) {
            setAccessibleText(fileName() + ". " + describe(chosen));
        }
    }

    @Override
    protected void paintFocus(Pen pen) {
        double left = Math.max(left(), x(chosen));
        double right = Math.min(getWidth() - 4, x(chosen + 1));
        if (right > left) {
            Color color = style().selection();
            pen.frame(left - 1, ceiling(), right - left, bottom() - ceiling(), color, 1.5);
        }
    }

    private double x(double layer) {
        return left() + (layer - first) * column();
    }

    @Override
    protected void paint(Pen on) {
        ChartStyle looks = style();
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
        int last = (int) Math.min(shares.length, Math.ceil(first + seen));
        for (int layer = (int) first; layer < last; layer++) {
            double gap = Math.min(3, column() / 4);
            double x = Math.max(left(), x(layer));
            double width = Math.max(1, Math.min(getWidth() - 4, x(layer + 1) - gap) - x);
            on.fill(x, y(shares[layer]), width, bottom() - y(shares[layer]), looks.tuned());
            // A handle, also where nothing leaves.
            on.fill(x, y(shares[layer]) - 2, width, 3, looks.tuned());
            double middle = x(layer + 0.5);
            if (layer % every == 0 && middle >= left() && middle <= getWidth() - 4) {
                on.text(
                        Integer.toString(layer),
                        middle,
                        bottom() + size,
                        Pen.Anchor.MIDDLE,
                        size,
                        looks.text());
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
        if (x < left() || x > getWidth() - 4) {
            return -1;
        }
        int layer = (int) Math.floor(first + (x - left()) / column());
        return layer < 0 || layer >= shares.length ? -1 : layer;
    }

    private String describe(int layer) {
        return Messages.text(
                shares[layer] > 0 ? "tokens.editor.share" : "tokens.editor.none",
                Integer.toString(layer),
                Figures.number(100 * shares[layer], "%"),
                model.course(layer));
    }

    @Override
    protected Optional<String> wordsAt(double x, double y) {
        int layer = layerAt(x);
        return layer < 0 ? Optional.empty() : Optional.of(describe(layer));
    }

    @Override
    protected Optional<String> chosen() {
        return isShown() ? Optional.of(describe(chosen)) : Optional.empty();
    }

    @Override
    protected List<MenuItem> menu(Optional<String> value) {
        return PictureMenu.of(this, value, this::resetZoom);
    }

    private void scroll(ScrollEvent event) {
        if (!isShown() || layerAt(event.getX()) < 0) {
            return;
        }
        boolean sideways = event.isShiftDown() || event.getDeltaY() == 0;
        double turned = event.getDeltaY() == 0 ? event.getDeltaX() : event.getDeltaY();
        if (sideways) {
            see(first - turned / column(), seen);
        } else {
            zoom(Math.pow(1.2, -turned / 40), first + (event.getX() - left()) / column());
        }
        point(event.getX(), event.getY());
        event.consume();
    }

    private void zoom(double share, double about) {
        double wanted = Math.clamp(seen * share, Math.min(FEWEST, shares.length), shares.length);
        see(about - (about - first) / seen * wanted, wanted);
    }

    private void see(double from, double layers) {
        seen = layers;
        first = Math.clamp(from, 0, shares.length - layers);
        draw();
    }

    private void resetZoom() {
        see(0, shares.length);
    }

    /** Goes to a layer, which comes into sight. */
    private void choose(int layer) {
        chosen = Math.clamp(layer, 0, shares.length - 1);
        see(Math.clamp(first, Math.max(0, chosen + 1 - seen), chosen), seen);
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
        if (!isShown() || event.isShortcutDown() || event.isAltDown()) {
            return;
        }
        int step = event.isShiftDown() ? 10 : 1;
        switch (event.getCode()) {
            case LEFT, KP_LEFT -> choose(chosen - step);
            case RIGHT, KP_RIGHT -> choose(chosen + step);
            case PLUS, ADD, EQUALS -> zoom(1 / 1.5, chosen + 0.5);
            case MINUS, SUBTRACT -> zoom(1.5, chosen + 0.5);
            case HOME, DIGIT0 -> resetZoom();
            case UP, KP_UP -> change(step * STEP);
            case DOWN, KP_DOWN -> change(-step * STEP);
            case PAGE_UP -> change(PAGE);
            case PAGE_DOWN -> change(-PAGE);
            case END -> choose(shares.length - 1);
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
    public CsvDocument csv() {
        double[] taken = shares.clone();
        return csv -> {
            csv.line(List.of("layer", "share"));
            for (int layer = 0; layer < taken.length; layer++) {
                csv.line(List.of(layer, taken[layer]));
            }
        };
    }
}

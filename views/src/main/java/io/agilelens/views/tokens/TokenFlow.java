package io.agilelens.views.tokens;

import io.agilelens.engine.UserException;
import io.agilelens.views.ContextMenus;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.CsvDocument;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.FxPen;
import io.agilelens.views.chart.Pen;
import io.agilelens.views.chart.PictureMenu;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.Orientation;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ScrollBar;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Region;

/**
 * The text itself, token by token, each in the colour of what is known about it. One canvas shows
 * the lines in sight, so thousands of tokens scroll as smoothly as ten. Click or arrow keys select.
 */
final class TokenFlow extends Region implements Exportable {
    private static final double STALE_OPACITY = 0.45;
    private static final double GAP = 0.5;
    private static final double BAR = 14;

    /** How much larger than usual letters may be where there is room, rising. */
    private static final double[] GROWN = {1, 1.15, 1.3, 1.5, 1.75};

    private final Canvas canvas = new Canvas();
    private final Pen pen = new FxPen(canvas.getGraphicsContext2D());
    private final ScrollBar scrollBar = new ScrollBar();
    private final Label hover = new Label();
    private final ObjectProperty<ChartStyle> style =
            new SimpleObjectProperty<>(this, "style", ChartStyle.LIGHT);
    private final BooleanProperty stale = new SimpleBooleanProperty(this, "stale");
    private final Map<String, Double> widths = new HashMap<>();
    private final String title;

    private TokenTable table;
    private TokenColoring coloring = TokenColoring.REMOVAL;
    private TokenPalette palette;
    private TokenLayout layout;
    private double laidOutWidth = -1;
    private double laidOutHeight = -1;

    /** How much larger than usual letters are. */
    private double grown = 1;

    private boolean revealAfterLayout;
    private int selected = -1;
    private int hovered = -1;
    private IntConsumer onSelect = token -> {};

    /**
     * @param title what the picture shows, for files and screen readers
     */
    TokenFlow(String title) {
        this.title = title;
        getStyleClass().add("token-flow");
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.TEXT_AREA);
        setAccessibleText(title);
        setMinSize(200, 120);
        setPrefSize(480, 240);
        canvas.setManaged(false);
        hover.setManaged(false);
        hover.setVisible(false);
        hover.setMouseTransparent(true);
        hover.getStyleClass().add("chart-hover");
        scrollBar.setOrientation(Orientation.VERTICAL);
        scrollBar.setManaged(false);
        scrollBar.setMin(0);
        getChildren().addAll(canvas, scrollBar, hover);
        style.bind(Theme.chartStyleProperty());
        style.addListener(
                (property, before, now) -> {
                    if (before.magnification() != now.magnification()) {
                        widths.clear();
                        laidOutWidth = -1;
                    }
                    repaint();
                });
        stale.addListener((property, before, now) -> canvas.setOpacity(now ? STALE_OPACITY : 1));
        scrollBar.valueProperty().subscribe(this::draw);
        focusedProperty().subscribe(this::draw);
        addEventHandler(MouseEvent.MOUSE_MOVED, this::hoverAt);
        addEventHandler(MouseEvent.MOUSE_EXITED, event -> endHover());
        addEventHandler(MouseEvent.MOUSE_CLICKED, this::click);
        addEventHandler(ScrollEvent.SCROLL, this::scroll);
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
        ContextMenus.on(this, this::menu);
    }

    /** Copy and save, and the same token in other stations. */
    private List<MenuItem> menu() {
        int token = hovered >= 0 ? hovered : selected;
        Optional<String> words =
                table == null || token < 0
                        ? Optional.empty()
                        : Optional.of(TokenWords.inShort(table, token));
        List<MenuItem> lines = PictureMenu.of(this, words);
        lines.addAll(ContextMenus.places());
        return lines;
    }

    /** Replaces the text, or nothing for none, and what its colours tell. */
    void show(TokenTable shown, TokenColoring told) {
        boolean sameText = table != null && shown != null && table.tokens().equals(shown.tokens());
        boolean sameMarks = sameText && table.protectedTokens().equals(shown.protectedTokens());
        table = shown;
        coloring = told;
        if (!sameText) {
            // Drawn again only where its own tokens go.
            layout = null;
            scrollBar.setValue(0);
            endHover();
        }
        if (!sameMarks) {
            laidOutWidth = -1;
        }
        repaint();
    }

    /** Marks a token, −1 for none, and brings it into sight. */
    void select(int token) {
        if (token != selected) {
            selected = token;
            revealAfterLayout = true;
            layOut();
        }
        draw();
    }

    /** Hears which token a person picked. */
    void setOnSelect(IntConsumer listener) {
        onSelect = listener;
    }

    /** Whether the picture shows what was, while what is is being computed. */
    BooleanProperty staleProperty() {
        return stale;
    }

    /** How tokens are drawn now; empty text has none. */
    TokenPalette palette() {
        return palette;
    }

    /** Where tokens are now, or null without a text. */
    TokenLayout tokenLayout() {
        return layout;
    }

    private void repaint() {
        palette = table == null ? null : new TokenPalette(table, coloring, style.get());
        requestLayout();
        draw();
    }

    private double lineHeight() {
        return TokenPicture.lineHeight(style.get(), grown);
    }

    private double top() {
        return TokenPicture.top(style.get());
    }

    private double roomBelowLegend() {
        return Math.max(1, getHeight() - top());
    }

    @Override
    protected void layoutChildren() {
        canvas.setWidth(getWidth());
        canvas.setHeight(getHeight());
        layOut();
        draw();
    }

    private void layOut() {
        double width = Math.max(40, getWidth() - 2 * TokenPicture.MARGIN - BAR);
        double room = roomBelowLegend();
        if (table == null) {
            layout = null;
        } else if (layout == null || laidOutWidth != width || laidOutHeight != room) {
            grow(width, room);
            laidOutWidth = width;
            laidOutHeight = room;
            revealAfterLayout = true;
        }
        double all = layout == null ? 0 : textHeight();
        scrollBar.setVisible(all > room);
        scrollBar.setMax(Math.max(0, all - room));
        scrollBar.setVisibleAmount(all <= room ? 1 : scrollBar.getMax() * room / all);
        scrollBar.setUnitIncrement(lineHeight());
        scrollBar.setBlockIncrement(room - lineHeight());
        scrollBar.setValue(Math.min(scrollBar.getValue(), scrollBar.getMax()));
        scrollBar.resizeRelocate(getWidth() - BAR, top(), BAR, room);
        if (revealAfterLayout && selected >= 0 && layout != null) {
            reveal(selected);
        }
        revealAfterLayout = false;
    }

    /** Lays the text out as large as the room lets all of it be in sight, or else as usual. */
    private void grow(double width, double room) {
        layOut(GROWN[0], width);
        for (int i = 1; i < GROWN.length && textHeight() <= room; i++) {
            layOut(GROWN[i], width);
            if (textHeight() > room) {
                layOut(GROWN[i - 1], width);
                return;
            }
        }
    }

    private void layOut(double factor, double width) {
        grown = factor;
        layout =
                TokenLayout.of(
                        table.tokens(),
                        width,
                        GAP,
                        this::widthOf,
                        token -> TokenPicture.lead(table, token, style.get(), grown));
    }

    private double textHeight() {
        return layout.lines() * lineHeight() + 2 * TokenPicture.MARGIN;
    }

    private double widthOf(String text) {
        double usual =
                widths.computeIfAbsent(
                        text, each -> pen.textWidth(each, TokenPicture.letterSize(style.get(), 1)));
        return grown * usual + 2 * TokenPicture.inset(style.get(), grown);
    }

    private void reveal(int token) {
        double y = layout.places().get(token).line() * lineHeight() + TokenPicture.MARGIN;
        double room = roomBelowLegend();
        if (y < scrollBar.getValue()) {
            scrollBar.setValue(Math.max(0, y - TokenPicture.MARGIN));
        } else if (y + lineHeight() > scrollBar.getValue() + room) {
            scrollBar.setValue(
                    Math.min(scrollBar.getMax(), y + lineHeight() - room + TokenPicture.MARGIN));
        }
    }

    private void draw() {
        canvas.getGraphicsContext2D().clearRect(0, 0, getWidth(), getHeight());
        if (!isShown()) {
            return;
        }
        TokenPicture picture = picture();
        picture.drawTokens(pen, scrollBar.getValue(), getHeight());
        pen.fill(0, 0, getWidth(), top(), style.get().background());
        picture.drawLegend(pen);
        if (isFocused()) {
            pen.frame(0, top(), getWidth() - 1, roomBelowLegend() - 1, style.get().baseline(), 1);
        }
    }

    private int tokenAt(double x, double y) {
        if (layout == null || y < top()) {
            return -1;
        }
        int line =
                (int)
                        Math.floor(
                                (y - top() - TokenPicture.MARGIN + scrollBar.getValue())
                                        / lineHeight());
        return layout.at(line, x - TokenPicture.MARGIN);
    }

    private void hoverAt(MouseEvent event) {
        int token = tokenAt(event.getX(), event.getY());
        if (token < 0) {
            endHover();
            return;
        }
        if (token != hovered) {
            hovered = token;
            hover.setText(TokenWords.inShort(table, token));
            hover.autosize();
        }
        double below = event.getY() + 18;
        boolean fits = below + hover.getHeight() < getHeight();
        hover.relocate(
                Math.clamp(event.getX() + 12, 0, Math.max(0, getWidth() - hover.getWidth())),
                fits ? below : event.getY() - hover.getHeight() - 8);
        hover.setVisible(true);
    }

    private void endHover() {
        hovered = -1;
        hover.setVisible(false);
    }

    private void click(MouseEvent event) {
        requestFocus();
        int token = tokenAt(event.getX(), event.getY());
        if (token >= 0 && event.getButton() == MouseButton.PRIMARY) {
            onSelect.accept(token);
        }
    }

    private void scroll(ScrollEvent event) {
        if (scrollBar.isVisible()) {
            double wanted = scrollBar.getValue() - event.getDeltaY();
            scrollBar.setValue(Math.clamp(wanted, 0, scrollBar.getMax()));
            endHover();
            event.consume();
        }
    }

    private void press(KeyEvent event) {
        if (layout == null || event.isShortcutDown() || event.isAltDown()) {
            return;
        }
        int from = Math.max(selected, 0);
        int page = (int) Math.max(1, roomBelowLegend() / lineHeight() - 1);
        int wanted =
                switch (event.getCode()) {
                    case LEFT -> Math.max(0, from - 1);
                    case RIGHT -> selected < 0 ? 0 : Math.min(table.count() - 1, from + 1);
                    case UP -> layout.vertically(from, -1);
                    case DOWN -> layout.vertically(from, 1);
                    case PAGE_UP -> layout.vertically(from, -page);
                    case PAGE_DOWN -> layout.vertically(from, page);
                    case HOME -> 0;
                    case END -> table.count() - 1;
                    default -> -1;
                };
        if (wanted >= 0) {
            onSelect.accept(wanted);
            event.consume();
        }
    }

    @Override
    public Region node() {
        return this;
    }

    @Override
    public String fileName() {
        return title;
    }

    /** The whole text, not only what is in sight. */
    @Override
    public Supplier<String> svg() {
        TokenPicture taken = picture();
        double width = getWidth();
        return () -> taken.svg(width, FxPen.ruler());
    }

    @Override
    public CsvDocument csv() {
        return picture()::write;
    }

    private TokenPicture picture() {
        if (!isShown()) {
            throw new UserException(Messages.text("export.nothing"));
        }
        return new TokenPicture(table, layout, palette, style.get(), grown, selected);
    }

    private boolean isShown() {
        return table != null && layout != null && palette != null;
    }
}

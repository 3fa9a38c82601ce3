package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.ContextMenus;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.canvas.Canvas;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;

/**
 * A small picture drawn at once on one canvas, handled like every other picture: hover for the
 * exact value, a menu that copies and saves, and the same colours on the screen and in files.
 */
// Listeners fire only after construction, when the window shows the picture.
@SuppressWarnings("this-escape")
public abstract class CanvasPicture extends Region implements Exportable {
    private static final double STALE_OPACITY = 0.45;

    private final Canvas canvas = new Canvas();
    private final Pen pen = new FxPen(canvas.getGraphicsContext2D());
    private final Label hover = new Label();
    private final ObjectProperty<ChartStyle> style =
            new SimpleObjectProperty<>(this, "style", ChartStyle.LIGHT);
    private final BooleanProperty stale = new SimpleBooleanProperty(this, "stale");
    private final String title;

    /**
     * @param title what the picture shows, for files and screen readers
     */
    protected CanvasPicture(String title) {
        this.title = title;
        setFocusTraversable(true);
        setAccessibleText(title);
        canvas.setManaged(false);
        hover.setManaged(false);
        hover.setVisible(false);
        hover.setMouseTransparent(true);
        hover.getStyleClass().add("chart-hover");
        getChildren().addAll(canvas, hover);
        style.bind(Theme.chartStyleProperty());
        style.addListener(_ -> repaint());
        stale.addListener((_, _, now) -> canvas.setOpacity(now ? STALE_OPACITY : 1));
        focusedProperty().addListener(_ -> repaint());
        addEventHandler(MouseEvent.MOUSE_MOVED, event -> point(event.getX(), event.getY()));
        addEventHandler(MouseEvent.MOUSE_EXITED, _ -> hover.setVisible(false));
        ContextMenus.on(this, () -> menu(value()));
    }

    /** Draws everything; called only when there is something to draw and room for it. */
    protected abstract void paint(Pen pen);

    /** Marks what the keyboard is at. */
    protected abstract void paintFocus(Pen pen);

    /** Whether there is something to draw. */
    protected abstract boolean isShown();

    /** What lies at a point, in words. */
    protected abstract Optional<String> wordsAt(double x, double y);

    /** What the keyboard is at, in words. */
    protected abstract Optional<String> chosen();

    /** The lines of the menu; a picture that is zoomed has more. */
    protected List<MenuItem> menu(Optional<String> value) {
        return PictureMenu.of(this, value);
    }

    private Optional<String> value() {
        return hover.isVisible() ? Optional.of(hover.getText()) : chosen();
    }

    protected final ChartStyle style() {
        return style.get();
    }

    /** Whether the picture shows what was, while what is is being computed. */
    public final BooleanProperty staleProperty() {
        return stale;
    }

    @Override
    protected void layoutChildren() {
        canvas.setWidth(getWidth());
        canvas.setHeight(getHeight());
        repaint();
    }

    /** Draws what there is now. */
    protected final void repaint() {
        canvas.getGraphicsContext2D().clearRect(0, 0, getWidth(), getHeight());
        if (isShown() && getWidth() >= 1) {
            paint(pen);
            if (isFocused()) {
                paintFocus(pen);
            }
        }
    }

    /** Says what lies at a point, beside it. */
    protected final void point(double x, double y) {
        Optional<String> words = isShown() ? wordsAt(x, y) : Optional.empty();
        hover.setVisible(words.isPresent());
        words.ifPresent(
                text -> {
                    hover.setText(text);
                    hover.autosize();
                    hover.relocate(
                            Math.clamp(x + 12, 0, Math.max(0, getWidth() - hover.getWidth())),
                            y > hover.getHeight() + 8 ? y - hover.getHeight() - 8 : y + 16);
                });
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
        if (!isShown()) {
            throw new UserException(Messages.text("export.nothing"));
        }
        SvgPen svg = new SvgPen(getWidth(), getHeight(), pen);
        svg.fill(0, 0, getWidth(), getHeight(), style.get().background());
        paint(svg);
        return svg::document;
    }
}

package io.agilelens.views;

import java.util.function.Supplier;
import javafx.beans.InvalidationListener;
import javafx.beans.WeakInvalidationListener;
import javafx.event.Event;
import javafx.scene.control.ScrollPane;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;

/**
 * The same pictures, put one way into a narrow window and another way into a wide one. Fills its
 * place and scrolls downwards only if the pictures' least heights do not fit.
 */
public final class Arrangement extends ScrollPane {
    private final double breakpoint;
    private final Supplier<Region> narrow;
    private final Supplier<Region> wide;
    private final StackPane content = new StackPane();
    private final InvalidationListener magnified = _ -> arrangeAnew();
    private Boolean isWide;

    /**
     * @param breakpoint width in pixels from which there is room side by side
     * @param narrow puts the pictures below each other; may be called often
     * @param wide puts the pictures side by side; may be called often
     */
    public Arrangement(double breakpoint, Supplier<Region> narrow, Supplier<Region> wide) {
        this.breakpoint = breakpoint;
        this.narrow = narrow;
        this.wide = wide;
        getStyleClass().addAll("edge-to-edge", "arrangement");
        setFitToWidth(true);
        setFitToHeight(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        setFocusTraversable(false);
        setMinSize(0, 0);
        setContent(content);
        // A scroll pane takes the keyboard when it is pressed; it belongs to the picture that was.
        content.addEventHandler(MouseEvent.MOUSE_PRESSED, Event::consume);
        arrange(false);
        widthProperty().subscribe(_ -> arrange(isRoomy()));
        Theme.magnificationProperty().addListener(new WeakInvalidationListener(magnified));
    }

    /** The same pictures in any window. */
    public static Arrangement of(Region pictures) {
        return new Arrangement(0, () -> pictures, () -> pictures);
    }

    /** Larger type needs more room side by side. */
    private boolean isRoomy() {
        return getWidth() >= breakpoint * Theme.magnificationProperty().get();
    }

    private void arrangeAnew() {
        isWide = null;
        arrange(isRoomy());
    }

    private void arrange(boolean wanted) {
        if (isWide == null || isWide != wanted) {
            isWide = wanted;
            content.getChildren().setAll(wanted ? wide.get() : narrow.get());
        }
    }
}

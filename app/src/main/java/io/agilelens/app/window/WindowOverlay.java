package io.agilelens.app.window;

import javafx.geometry.Bounds;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.util.Subscription;

/**
 * What lies over the window for a moment, such as the command palette. It keeps the keyboard until
 * Escape or a click beside it, then gives the keyboard back to who had it.
 */
final class WindowOverlay extends StackPane {
    private static final double MARGIN = 48;
    private static final double WIDEST = 760;

    private final Region beside = new Region();

    /** Apart from the card and kept as an image, so that no change in the card draws it anew. */
    private final Region shadow = new Region();

    private Subscription follow = Subscription.EMPTY;
    private Node focused;

    WindowOverlay() {
        setVisible(false);
        getStyleClass().add("window-overlay");
        beside.getStyleClass().add("window-scrim");
        shadow.getStyleClass().add("window-shadow");
        shadow.setManaged(false);
        shadow.setMouseTransparent(true);
        shadow.setCache(true);
        beside.addEventHandler(MouseEvent.MOUSE_PRESSED, _ -> hide());
        addEventHandler(
                KeyEvent.KEY_PRESSED,
                event -> {
                    if (event.getCode() == KeyCode.ESCAPE) {
                        hide();
                        event.consume();
                    }
                });
    }

    /** Shows something in the upper middle, in place of what is there. */
    void show(Region card) {
        if (!isVisible()) {
            focused = getScene().getFocusOwner();
        }
        card.maxWidthProperty().bind(widthProperty().map(w -> width(w.doubleValue())));
        card.maxHeightProperty().bind(heightProperty().map(h -> h.doubleValue() - 2 * MARGIN));
        setAlignment(card, Pos.TOP_CENTER);
        StackPane.setMargin(card, new javafx.geometry.Insets(MARGIN, 0, MARGIN, 0));
        follow.unsubscribe();
        follow = card.boundsInParentProperty().subscribe(this::placeShadow);
        getChildren().setAll(beside, shadow, card);
        setVisible(true);
        toFront();
    }

    private static double width(double window) {
        return Math.min(Math.max(WIDEST, window / 2.5), window - 2 * MARGIN);
    }

    private void placeShadow(Bounds card) {
        shadow.resizeRelocate(card.getMinX(), card.getMinY(), card.getWidth(), card.getHeight());
    }

    boolean isShowing(Node card) {
        return isVisible() && getChildren().contains(card);
    }

    void hide() {
        if (isVisible()) {
            setVisible(false);
            follow.unsubscribe();
            getChildren().clear();
            if (focused != null && focused.getScene() == getScene()) {
                focused.requestFocus();
            }
        }
    }
}

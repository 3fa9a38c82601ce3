package io.agilelens.app.window;

import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;

/**
 * What lies over the window for a moment, such as the command palette. It keeps the keyboard until
 * Escape or a click beside it, then gives the keyboard back to who had it.
 */
final class WindowOverlay extends StackPane {
    private static final double MARGIN = 48;
    private static final double WIDEST = 760;

    private final Region beside = new Region();
    private Node focused;

    WindowOverlay() {
        setVisible(false);
        getStyleClass().add("window-overlay");
        beside.getStyleClass().add("window-scrim");
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
        getChildren().setAll(beside, card);
        setVisible(true);
        toFront();
    }

    private static double width(double window) {
        return Math.min(Math.max(WIDEST, window / 2.5), window - 2 * MARGIN);
    }

    boolean isShowing(Node card) {
        return isVisible() && getChildren().contains(card);
    }

    void hide() {
        if (isVisible()) {
            setVisible(false);
            getChildren().clear();
            if (focused != null && focused.getScene() == getScene()) {
                focused.requestFocus();
            }
        }
    }
}

package io.agilelens.app.window;

import io.agilelens.views.Motion;
import javafx.animation.FadeTransition;
import javafx.animation.PauseTransition;
import javafx.css.PseudoClass;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/**
 * Lines that say for a while what is done, the latest at the bottom. They fade in, unless a person
 * wants nothing to move.
 */
final class Toasts extends VBox {
    private static final Duration STAY = Duration.seconds(4);
    private static final Duration FADE = Duration.millis(200);

    private static final PseudoClass ABOVE = PseudoClass.getPseudoClass("above");

    /** What is older gives way. */
    private static final int MOST = 3;

    Toasts() {
        setId("toasts");
        getStyleClass().add("toasts");
        setMouseTransparent(true);
        setManaged(false);
    }

    /** Puts them at the top of where they are, not at its bottom. */
    void setAbove(boolean above) {
        pseudoClassStateChanged(ABOVE, above);
    }

    void show(String text) {
        Label line = new Label(text);
        line.getStyleClass().add("toast");
        line.setWrapText(true);
        line.setMinHeight(USE_PREF_SIZE);
        line.setMaxWidth(Double.MAX_VALUE);
        getChildren().add(line);
        if (getChildren().size() > MOST) {
            getChildren().removeFirst();
        }
        toFront();
        if (!Motion.reducedProperty().get()) {
            line.setOpacity(0);
            FadeTransition fade = new FadeTransition(FADE, line);
            fade.setToValue(1);
            fade.play();
        }
        PauseTransition over = new PauseTransition(STAY);
        over.setOnFinished(_ -> getChildren().remove(line));
        over.play();
    }
}

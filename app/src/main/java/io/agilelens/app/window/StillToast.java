package io.agilelens.app.window;

import javafx.animation.PauseTransition;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import javafx.util.Duration;

/** One line in the corner that is simply there for a while, for people who want nothing to move. */
final class StillToast extends StackPane {
    private final Label line = new Label();
    private final PauseTransition over;

    /**
     * @param time how long a line stays
     */
    StillToast(Duration time) {
        setId("still-toast");
        getStyleClass().add("still-toast");
        setMouseTransparent(true);
        setVisible(false);
        setAlignment(Pos.BOTTOM_RIGHT);
        line.getStyleClass().add("still-toast-line");
        line.setWrapText(true);
        getChildren().add(line);
        over = new PauseTransition(time);
        over.setOnFinished(_ -> setVisible(false));
    }

    void show(String text) {
        line.setText(text);
        setVisible(true);
        toFront();
        over.playFromStart();
    }
}

package io.agilelens.views;

import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.controlsfx.control.PopOver;

/** Pop-overs that come and go like everything else in the window. */
public final class PopOvers {
    private PopOvers() {}

    /**
     * A pop-over, not shown yet.
     *
     * @param arrow the side on which it points at what it belongs to
     */
    public static PopOver of(String title, Node content, PopOver.ArrowLocation arrow) {
        PopOver popOver = new PopOver(content);
        popOver.setTitle(title);
        popOver.setArrowLocation(arrow);
        popOver.setDetachable(false);
        Motion.follow(popOver);
        // A list takes Escape for itself, to end an editing that never began.
        popOver.addEventFilter(
                KeyEvent.KEY_PRESSED,
                pressed -> {
                    if (pressed.getCode() == KeyCode.ESCAPE) {
                        popOver.hide();
                        pressed.consume();
                    }
                });
        return popOver;
    }
}

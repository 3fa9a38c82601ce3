package io.agilelens.app.window;

import io.agilelens.views.chart.Redraw;
import javafx.scene.Node;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;

/**
 * Gives nodes their looks out of sight. JavaFX styles only what is in a scene. Here that is the
 * clip of a region that is never shown: a clip belongs to the scene, and what is found out about
 * styles is remembered for it, yet nobody who goes through the window's nodes comes across it. A
 * scene of its own would not do, for each remembers its styles for itself.
 */
final class Rehearsal {
    /** The steps to a node that is shown without delay, each on the ground of those before it. */
    enum Looks {
        STYLES,
        LAYOUT,
        PICTURES
    }

    private final Region owner = new Region();
    private final StackPane room = new StackPane();

    Rehearsal() {
        // It has no ancestors whose colors and fonts it could take.
        room.getStyleClass().add("root");
        owner.setManaged(false);
        owner.setVisible(false);
    }

    /** Belongs into the window, never in sight. */
    Node node() {
        return owner;
    }

    /**
     * Takes a step with a node and lets it go.
     *
     * @param node without a parent
     * @param width that it will have when it is shown, as {@code height}
     */
    void give(Node node, Looks looks, double width, double height) {
        // Clips are not told of new styles: it gets those of now before the node does.
        owner.setClip(room);
        room.getChildren().setAll(node);
        try {
            room.applyCss();
            if (looks != Looks.STYLES) {
                room.resize(width, height);
                room.layout();
            }
            if (looks == Looks.PICTURES) {
                Redraw.drawAhead(node);
            }
        } finally {
            room.getChildren().clear();
            owner.setClip(null);
        }
    }
}

package io.agilelens.app.window;

import io.agilelens.views.chart.Redraw;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.SubScene;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;

/**
 * Gives nodes their looks out of sight. JavaFX styles only what is in a window, and what it finds
 * out about styles it remembers for each scene. Most is done in a scene inside the window's, where
 * nobody finds what is not shown; the little that has to be learnt for the window's own scene is
 * learnt there.
 */
final class Rehearsal {
    /** The steps to a node that is shown without delay, each on the ground of those before it. */
    enum Looks {
        STYLES,
        LAYOUT,
        PICTURES,
        IN_PLACE
    }

    private final StackPane apart = new StackPane();
    private final SubScene scene = new SubScene(apart, 1, 1);

    /** Holds one node always: others may be going through the window's nodes at any time. */
    private final StackPane inPlace = new StackPane(new Region());

    Rehearsal() {
        for (Node unseen : nodes()) {
            unseen.setManaged(false);
            unseen.setVisible(false);
        }
    }

    /** Belong into the window, never in sight. */
    List<Node> nodes() {
        return List.of(scene, inPlace);
    }

    /**
     * Takes a step with a node and lets it go.
     *
     * @param node without a parent
     * @param width that it will have
     */
    void give(Node node, Looks looks, double width, double height) {
        if (looks == Looks.IN_PLACE) {
            Node empty = inPlace.getChildren().set(0, node);
            node.applyCss();
            inPlace.getChildren().set(0, empty);
            return;
        }
        apart.getChildren().setAll(node);
        apart.applyCss();
        if (looks != Looks.STYLES) {
            apart.resize(width, height);
            apart.layout();
        }
        if (looks == Looks.PICTURES) {
            Redraw.drawAhead(node);
        }
        apart.getChildren().clear();
    }
}

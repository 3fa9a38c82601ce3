package io.agilelens.views.chart;

import java.util.ArrayList;
import java.util.List;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;

/**
 * Draws a picture once a pulse at most, however much of it changed, and only while it is in sight:
 * a picture behind a tab or in a station that is not open waits until it is looked at. For the
 * JavaFX thread; a picture that is in no window yet may be asked from any.
 */
public final class Redraw {
    private final Node picture;
    private final Runnable drawing;
    private final Runnable onPulse = this::pulse;
    private boolean wanted;

    /** Whose pulses are listened to, or null. */
    private Scene scene;

    /**
     * @param picture what is drawn
     * @param drawing draws it, after the layout of its window
     */
    Redraw(Node picture, Runnable drawing) {
        this.picture = picture;
        this.drawing = drawing;
        picture.sceneProperty().addListener(property -> listen());
        redraws(picture).add(this);
    }

    /**
     * Has the pictures of a tree drawn that wait for being looked at and will be in sight when it
     * is shown.
     *
     * @param root laid out, in a window or not
     */
    public static void drawAhead(Node root) {
        if (!root.isVisible()) {
            return;
        }
        if (root.getProperties().containsKey(Redraw.class)) {
            redraws(root).stream().filter(Redraw::isWanted).forEach(Redraw::draw);
        }
        if (root instanceof Parent parent) {
            List.copyOf(parent.getChildrenUnmodifiable()).forEach(Redraw::drawAhead);
        }
    }

    /** A picture knows what draws it, be it drawn in several layers. */
    @SuppressWarnings("unchecked")
    private static List<Redraw> redraws(Node picture) {
        return (List<Redraw>)
                picture.getProperties().computeIfAbsent(Redraw.class, _ -> new ArrayList<Redraw>());
    }

    /** Has the picture drawn as soon as it is in sight. */
    void ask() {
        if (!wanted) {
            wanted = true;
            listen();
        }
    }

    /** Whether something changed since the picture was drawn. */
    boolean isWanted() {
        return wanted;
    }

    private void listen() {
        Scene needed = wanted ? picture.getScene() : null;
        if (needed == scene) {
            return;
        }
        if (scene != null) {
            scene.removePostLayoutPulseListener(onPulse);
        }
        scene = needed;
        if (scene != null) {
            scene.addPostLayoutPulseListener(onPulse);
            Platform.requestNextPulse();
        }
    }

    private void pulse() {
        if (isInSight()) {
            draw();
        }
    }

    private void draw() {
        wanted = false;
        listen();
        drawing.run();
    }

    private boolean isInSight() {
        for (Node node = picture; node != null; node = node.getParent()) {
            if (!node.isVisible()) {
                return false;
            }
        }
        return true;
    }
}

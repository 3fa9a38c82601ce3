package io.agilelens.app.window;

import javafx.beans.InvalidationListener;
import javafx.geometry.BoundingBox;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * A frame with an eye at its corner around a control or picture, to say: look here. It lies over
 * the window, follows what it marks, and lets every click through.
 */
final class LessonPointer extends Region {
    private static final double MARGIN = 4;

    private static final double OUTSIDE = 10;

    private final Label flag = new Label(null, new FontIcon(Feather.EYE));
    private final InvalidationListener follow = _ -> follow();
    private Node target;

    LessonPointer() {
        setId("lesson-pointer");
        getStyleClass().add("lesson-pointer");
        flag.getStyleClass().add("lesson-flag");
        flag.setManaged(false);
        getChildren().add(flag);
        setManaged(false);
        setMouseTransparent(true);
        setVisible(false);
    }

    /** Marks a node, or nothing for null. */
    void mark(Node wanted) {
        if (wanted == target) {
            follow();
            return;
        }
        if (target != null) {
            target.localToSceneTransformProperty().removeListener(follow);
            target.boundsInLocalProperty().removeListener(follow);
        }
        target = wanted;
        if (target != null) {
            reveal();
            target.localToSceneTransformProperty().addListener(follow);
            target.boundsInLocalProperty().addListener(follow);
        }
        follow();
    }

    /** What is marked, or null. */
    Node target() {
        return target;
    }

    private void follow() {
        Bounds bounds = target == null ? null : inSight(target);
        setVisible(bounds != null);
        if (bounds == null || !(getParent() instanceof Pane parent)) {
            return;
        }
        Bounds own = parent.sceneToLocal(bounds);
        double left = Math.max(0, own.getMinX() - MARGIN);
        double top = Math.max(0, own.getMinY() - MARGIN);
        double right = Math.min(parent.getWidth(), own.getMaxX() + MARGIN);
        double bottom = Math.min(parent.getHeight(), own.getMaxY() + MARGIN);
        resizeRelocate(left, top, right - left, bottom - top);
        flag.autosize();
        // On the corner, where least is covered.
        flag.relocate(Math.max(-left, -OUTSIDE), Math.max(-top, -OUTSIDE));
        toFront();
    }

    /** The part of a node that is seen, in the scene; null if none is. */
    private static Bounds inSight(Node node) {
        if (node.getScene() == null) {
            return null;
        }
        Bounds seen = node.localToScene(node.getLayoutBounds());
        for (Node each = node; each != null; each = each.getParent()) {
            if (!each.isVisible()) {
                return null;
            }
            if (each instanceof ScrollPane pane && each != node) {
                seen = common(seen, pane.localToScene(pane.getLayoutBounds()));
            }
            if (seen == null || seen.getWidth() <= 0 || seen.getHeight() <= 0) {
                return null;
            }
        }
        return seen;
    }

    private static Bounds common(Bounds one, Bounds other) {
        double left = Math.max(one.getMinX(), other.getMinX());
        double top = Math.max(one.getMinY(), other.getMinY());
        double right = Math.min(one.getMaxX(), other.getMaxX());
        double bottom = Math.min(one.getMaxY(), other.getMaxY());
        return right <= left || bottom <= top
                ? null
                : new BoundingBox(left, top, right - left, bottom - top);
    }

    /** Scrolls until what is marked is in the middle of what holds it, or begins at its top. */
    void reveal() {
        if (target != null) {
            reveal(target);
        }
    }

    private static void reveal(Node node) {
        for (Node each = node.getParent(); each != null; each = each.getParent()) {
            if (each instanceof ScrollPane pane && pane.getContent() != null) {
                Node content = pane.getContent();
                Bounds place = content.sceneToLocal(node.localToScene(node.getLayoutBounds()));
                double hidden =
                        content.getLayoutBounds().getHeight()
                                - pane.getViewportBounds().getHeight();
                if (hidden > 0) {
                    double margins = pane.getViewportBounds().getHeight() - place.getHeight();
                    double top = place.getMinY() - Math.max(OUTSIDE, margins / 2);
                    pane.setVvalue(Math.clamp(top / hidden, 0, 1));
                }
            }
        }
    }
}

package io.agilelens.app.window;

import java.util.List;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;

/** Moves the keyboard from one part of the window to another. */
final class FocusZones {
    private FocusZones() {}

    /**
     * Gives the keyboard to the first control of the next zone that has one.
     *
     * @param zones in the order of the keyboard
     * @param step 1 forwards, −1 backwards
     */
    static void move(List<? extends Parent> zones, Scene scene, int step) {
        int at = -1;
        for (int i = 0; i < zones.size(); i++) {
            if (contains(zones.get(i), scene.getFocusOwner())) {
                at = i;
            }
        }
        for (int i = 1; i <= zones.size(); i++) {
            int next = at < 0 && step < 0 ? -i : at + step * i;
            if (enter(zones.get(Math.floorMod(next, zones.size())))) {
                return;
            }
        }
    }

    /**
     * Gives the keyboard to the first control of a zone.
     *
     * @return whether it has one
     */
    static boolean enter(Parent zone) {
        Node first = first(zone);
        if (first != null) {
            first.requestFocus();
        }
        return first != null;
    }

    /** Whether a node, which may be null, lies in a zone. */
    static boolean contains(Parent zone, Node node) {
        for (Node each = node; each != null; each = each.getParent()) {
            if (each == zone) {
                return true;
            }
        }
        return false;
    }

    /** The first control that takes the keyboard, or null. */
    private static Node first(Node node) {
        if (!node.isVisible() || node.isDisabled()) {
            return null;
        }
        if (node.isFocusTraversable()) {
            return node;
        }
        if (node instanceof Parent parent) {
            for (Node child : parent.getChildrenUnmodifiable()) {
                Node found = first(child);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }
}

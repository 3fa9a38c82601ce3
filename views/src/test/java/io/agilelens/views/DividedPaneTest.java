package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import javafx.collections.FXCollections;
import javafx.collections.ObservableMap;
import javafx.event.EventType;
import javafx.geometry.Orientation;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;
import org.junit.jupiter.api.Test;

class DividedPaneTest extends GuiTest {
    private static final String NAME = "attention.heads";

    private final ObservableMap<String, Double> places = FXCollections.observableHashMap();
    private final Region left = new Region();
    private final Region right = new Region();

    @Override
    protected Parent createRoot() {
        left.setMinWidth(100);
        right.setMinWidth(200);
        return new DividedPane(NAME, places, Orientation.VERTICAL, room -> room / 4, left, right);
    }

    @Test
    void keysAndThePointerMoveItAndHomeBringsItBack() {
        settle();
        assertEquals(222, left.getWidth());
        interact(() -> lookup("#divider-attention-heads").query().requestFocus());
        push(KeyCode.RIGHT);
        push(KeyCode.RIGHT);
        settle();
        assertEquals(254, left.getWidth());
        assertEquals(254 / 888.0, places.get(NAME), 1e-9);
        // The headless platform hands a drag to whatever lies under the pointer.
        interact(
                () -> {
                    point(MouseEvent.MOUSE_PRESSED, 260);
                    point(MouseEvent.MOUSE_DRAGGED, 290);
                    point(MouseEvent.MOUSE_DRAGGED, 320);
                });
        settle();
        assertEquals(314, left.getWidth());
        push(KeyCode.HOME);
        settle();
        assertEquals(222, left.getWidth());
        assertTrue(places.isEmpty());
    }

    private void point(EventType<MouseEvent> type, double x) {
        Node divider = lookup("#divider-attention-heads").query();
        Point2D at = divider.sceneToLocal(x, 20);
        mouse(divider, type, at.getX(), at.getY());
    }

    @Test
    void bothPartsKeepTheirLeastSizeAndOneAloneHasAllTheRoom() {
        interact(() -> places.put(NAME, 0.01));
        settle();
        assertEquals(100, left.getWidth());
        interact(() -> places.put(NAME, 0.99));
        settle();
        assertEquals(200, right.getWidth());
        interact(() -> right.setManaged(false));
        settle();
        assertEquals(900, left.getWidth());
        assertFalse(lookup("#divider-attention-heads").query().isVisible());
    }
}

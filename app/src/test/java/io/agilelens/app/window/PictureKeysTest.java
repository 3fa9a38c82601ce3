package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Heatmap;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.stage.Window;
import org.junit.jupiter.api.Test;

/** Charts and maps by keys alone, and the menus of what has the keyboard. */
class PictureKeysTest extends WindowTest {

    @Test
    void arrowsWalkThroughAMapAndReadItsValues() throws Exception {
        awaitPictures();
        interact(() -> window.frame().open("outliers"));
        settle();
        Heatmap map = lookup(".heatmap").match(Node::isVisible).query();
        interact(map::requestFocus);
        push(KeyCode.RIGHT);
        int before = onFx(() -> map.selectedColumnProperty().get());
        push(KeyCode.RIGHT);
        assertEquals(before + 1, onFx(() -> map.selectedColumnProperty().get()));
        Label value = (Label) map.lookup(".chart-hover");
        assertTrue(value.isVisible());
        assertTrue(map.getAccessibleText().contains(value.getText()), map.getAccessibleText());
        settle();
        assertEquals(
                before + 1, onFx(() -> workbench().selection().place().channel()), "everywhere");

        push(KeyCode.SHIFT, KeyCode.F10);
        assertTrue(menu().getItems().size() > 8);
        interact(() -> line("Copy value").fire());
        assertEquals(value.getText(), onFx(() -> Clipboard.getSystemClipboard().getString()));
        interact(() -> line("Copy as CSV").fire());
        assertTrue(onFx(() -> Clipboard.getSystemClipboard().getString()).startsWith("layer"));
        interact(() -> line("Go to the same place in Attention").fire());
        assertEquals("attention", station());
    }

    @Test
    void arrowsWalkAlongACurve() throws Exception {
        awaitPictures();
        interact(() -> window.frame().open("quality"));
        awaitExact();
        ChartPane chart = lookup(".chart-pane").match(Node::isVisible).query();
        interact(chart::requestFocus);
        push(KeyCode.RIGHT);
        String first = onFx(chart::getAccessibleText);
        Label value = (Label) chart.lookup(".chart-hover");
        assertTrue(value.isVisible());
        assertTrue(first.endsWith(value.getText()), first);
        assertTrue(chart.lookup(".chart-cursor").isVisible());
        push(KeyCode.DOWN);
        assertNotEquals(first, chart.getAccessibleText());
        moveTo(chart).moveBy(0, -5);
        assertFalse(chart.lookup(".chart-cursor").isVisible());
    }

    @Test
    void aKnobIsResetFromItsMenu() throws Exception {
        awaitPictures();
        interact(() -> lookup("#weights-bits-slider").query().requestFocus());
        push(KeyCode.LEFT);
        assertEquals(3, recipe().weights().bits());
        push(KeyCode.SHIFT, KeyCode.F10);
        interact(() -> menu().getItems().getLast().fire());
        assertEquals(4, recipe().weights().bits());
        assertEquals(List.of(), failures);
    }

    private MenuItem line(String title) {
        return menu().getItems().stream()
                .filter(item -> title.equals(item.getText()))
                .findFirst()
                .orElseThrow();
    }

    private static ContextMenu menu() {
        Optional<ContextMenu> shown =
                Window.getWindows().stream()
                        .filter(ContextMenu.class::isInstance)
                        .map(ContextMenu.class::cast)
                        .filter(menu -> "context-menu".equals(menu.getId()))
                        .reduce((_, last) -> last);
        return shown.orElseThrow();
    }
}

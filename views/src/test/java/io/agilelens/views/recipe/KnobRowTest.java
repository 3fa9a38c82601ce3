package io.agilelens.views.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.recipe.Knobs;
import io.agilelens.views.GuiTest;
import javafx.geometry.VerticalDirection;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.layout.VBox;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/** A lever among others, in a zone that scrolls. */
class KnobRowTest extends GuiTest {
    private static final int ROWS = 40;
    private static final double VALUE = 4;

    private ScrollPane zone;
    private double chosen = VALUE;

    @Override
    protected Parent createRoot() {
        VBox rows = new VBox();
        for (int row = 0; row < ROWS; row++) {
            KnobRow knob = new KnobRow(Knobs.WEIGHT_BITS, "Bits", now -> chosen = now, () -> {});
            knob.show(VALUE);
            rows.getChildren().add(knob);
        }
        zone = new ScrollPane(rows);
        zone.setFitToWidth(true);
        return zone;
    }

    @Test
    void theWheelTurnsTheSliderThatIsPointedAtAndNoneThatScrollsBelowThePointer() {
        // The first row's name; sliders begin beside it.
        Node name = lookup(".knob-title").query();
        moveTo(name);
        interact(() -> zone.getContent().setTranslateX(-120));
        WaitForAsyncUtils.waitForFxEvents();
        for (int turn = 0; turn < 10; turn++) {
            scroll(1, VerticalDirection.DOWN);
            WaitForAsyncUtils.waitForFxEvents();
        }
        assertEquals(VALUE, chosen);
        assertTrue(zone.getVvalue() > 0);

        Slider last = (Slider) lookup(".slider").queryAll().stream().reduce((_, b) -> b).get();
        interact(() -> zone.setVvalue(1));
        moveTo(last);
        double scrolled = zone.getVvalue();
        scroll(1, VerticalDirection.UP);
        WaitForAsyncUtils.waitForFxEvents();
        assertTrue(chosen != VALUE, "not turned");
        assertEquals(scrolled, zone.getVvalue());
    }
}

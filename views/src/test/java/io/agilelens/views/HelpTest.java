package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import javafx.scene.Parent;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

class HelpTest extends GuiTest {
    private Label label;

    @Override
    protected Parent createRoot() {
        label = new Label("noise");
        return new StackPane(label);
    }

    @Test
    void theTooltipIsMadeWhenThePointerComes() {
        interact(
                () -> {
                    Help.on(label, "first");
                    Help.wrapped(label, "how much the quantizer adds");
                });
        assertNull(label.getTooltip());
        assertEquals("how much the quantizer adds", label.getAccessibleHelp());
        moveTo(label);
        assertEquals("how much the quantizer adds", label.getTooltip().getText());
        assertTrue(label.getTooltip().isWrapText());
        interact(() -> Help.on(label, "something else"));
        moveBy(0, 200);
        moveTo(label);
        assertEquals("something else", label.getTooltip().getText());
    }
}

package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.StackPane;
import javafx.scene.paint.Color;
import javafx.scene.shape.Shape;
import org.controlsfx.control.PopOver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PopOversTest extends GuiTest {
    private final Button owner = new Button("owner");
    private final ListView<String> list = new ListView<>();
    private PopOver popOver;

    @Override
    protected Parent createRoot() {
        list.getItems().setAll("one", "two");
        return new StackPane(owner);
    }

    private void open() {
        interact(
                () -> {
                    popOver = PopOvers.of("Title", list, PopOver.ArrowLocation.TOP_CENTER);
                    popOver.setHeaderAlwaysVisible(true);
                    popOver.show(owner);
                });
        settle();
    }

    @AfterEach
    void light() {
        interact(() -> Theme.apply(Theme.Mode.LIGHT));
    }

    @Test
    void escapeClosesItAlsoFromWithinAList() {
        open();
        clickOn("two");
        assertTrue(popOver.isShowing());
        push(KeyCode.ESCAPE);
        settle();
        assertFalse(popOver.isShowing());
    }

    @Test
    void itFollowsTheTheme() {
        interact(() -> Theme.apply(Theme.Mode.DARK));
        open();
        Shape border = (Shape) popOver.getRoot().lookup(".border");
        Label title = (Label) popOver.getRoot().lookup(".title .text");
        assertTrue(((Color) border.getFill()).getBrightness() < 0.3, border.getFill().toString());
        assertTrue(((Color) title.getTextFill()).getBrightness() > 0.7);
        assertEquals("Title", title.getText());
    }
}

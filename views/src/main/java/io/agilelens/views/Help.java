package io.agilelens.views;

import java.util.function.Supplier;
import javafx.event.EventHandler;
import javafx.scene.control.Control;
import javafx.scene.control.Tooltip;
import javafx.scene.input.MouseEvent;

/**
 * Explains a control to whoever points at it. A tooltip is a window with a scene of its own, so it
 * is made when the pointer first comes; screen readers have the words from the beginning.
 */
public final class Help {
    private static final double WIDTH = 320;

    private Help() {}

    /** On one line, unless the text has its own. */
    public static void on(Control control, String text) {
        explain(control, text, () -> new Tooltip(text));
    }

    /** On as many lines as it needs. */
    public static void wrapped(Control control, String text) {
        explain(
                control,
                text,
                () -> {
                    Tooltip tooltip = new Tooltip(text);
                    tooltip.setWrapText(true);
                    tooltip.setMaxWidth(WIDTH);
                    return tooltip;
                });
    }

    private static void explain(Control control, String text, Supplier<Tooltip> tooltip) {
        control.setAccessibleHelp(text);
        control.setTooltip(null);
        control.addEventFilter(
                MouseEvent.MOUSE_ENTERED,
                new EventHandler<>() {
                    @Override
                    public void handle(MouseEvent event) {
                        control.removeEventFilter(MouseEvent.MOUSE_ENTERED, this);
                        // It may have been explained otherwise since.
                        if (text.equals(control.getAccessibleHelp())) {
                            control.setTooltip(tooltip.get());
                        }
                    }
                });
    }
}

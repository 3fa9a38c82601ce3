package io.agilelens.views;

import java.util.function.DoubleConsumer;
import java.util.function.DoubleSupplier;
import javafx.css.PseudoClass;
import javafx.geometry.Orientation;
import javafx.scene.AccessibleRole;
import javafx.scene.Cursor;
import javafx.scene.control.Control;
import javafx.scene.control.Skin;
import javafx.scene.control.SkinBase;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;

/** A line between two parts that is dragged, or moved by arrow keys, to make one of them larger. */
public final class Divider extends Control {
    private static final double STEP = 16;
    private static final PseudoClass LYING = PseudoClass.getPseudoClass("horizontal");

    private final boolean lying;
    private final int sign;
    private final DoubleSupplier size;
    private final DoubleConsumer resize;
    private final Runnable reset;
    private double pressed;
    private double pressedSize;

    /**
     * @param words what it changes, for screen readers
     * @param line how the line runs: a vertical one is between left and right
     * @param sign 1 if it changes the part left of it or above, −1 if that on its other side
     * @param size of that part now, in pixels
     * @param resize makes the part so large, in pixels, or as large as there is room
     * @param reset makes it as large as usual
     */
    public Divider(
            String words,
            Orientation line,
            int sign,
            DoubleSupplier size,
            DoubleConsumer resize,
            Runnable reset) {
        this.lying = line == Orientation.HORIZONTAL;
        this.sign = sign;
        this.size = size;
        this.resize = resize;
        this.reset = reset;
        getStyleClass().add("divider");
        pseudoClassStateChanged(LYING, lying);
        setCursor(lying ? Cursor.V_RESIZE : Cursor.H_RESIZE);
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.SLIDER);
        setAccessibleText(words);
        Help.on(this, Messages.text("divider.help"));
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
        addEventHandler(
                MouseEvent.MOUSE_DRAGGED,
                drag -> resize.accept(pressedSize + sign * (place(drag) - pressed)));
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
    }

    private double place(MouseEvent event) {
        return lying ? event.getSceneY() : event.getSceneX();
    }

    private void press(MouseEvent event) {
        requestFocus();
        pressed = place(event);
        pressedSize = size.getAsDouble();
        if (event.getClickCount() == 2) {
            reset.run();
        }
        event.consume();
    }

    private void press(KeyEvent event) {
        if (event.isShortcutDown() || event.isAltDown()) {
            return;
        }
        KeyCode key = event.getCode();
        if (key == (lying ? KeyCode.UP : KeyCode.LEFT)) {
            resize.accept(size.getAsDouble() - sign * STEP);
        } else if (key == (lying ? KeyCode.DOWN : KeyCode.RIGHT)) {
            resize.accept(size.getAsDouble() + sign * STEP);
        } else if (key == KeyCode.HOME) {
            reset.run();
        } else {
            return;
        }
        event.consume();
    }

    @Override
    protected Skin<?> createDefaultSkin() {
        return new SkinBase<>(this) {};
    }
}

package io.agilelens.app.window;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import javafx.beans.property.DoubleProperty;
import javafx.scene.AccessibleRole;
import javafx.scene.Cursor;
import javafx.scene.control.Control;
import javafx.scene.control.Skin;
import javafx.scene.control.SkinBase;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;

/** A line between two zones that is dragged, or moved by arrow keys, to make one of them wider. */
final class ZoneDivider extends Control {
    private static final double STEP = 16;

    private final DoubleProperty width;
    private final double usual;
    private final int sign;
    private double pressX;
    private double pressWidth;

    /**
     * @param key of its words
     * @param width of the zone, in pixels
     * @param usual its width unless somebody moved the divider
     * @param sign 1 if the zone is left of the divider, −1 if it is right of it
     */
    ZoneDivider(String key, DoubleProperty width, double usual, int sign) {
        this.width = width;
        this.usual = usual;
        this.sign = sign;
        setId(key.replace('.', '-'));
        getStyleClass().add("zone-divider");
        setCursor(Cursor.H_RESIZE);
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.SLIDER);
        setAccessibleText(Messages.text(key));
        Help.on(this, Messages.text("window.divider.help"));
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
        addEventHandler(
                MouseEvent.MOUSE_DRAGGED,
                drag -> width.set(pressWidth + sign * (drag.getSceneX() - pressX)));
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
    }

    private void press(MouseEvent event) {
        requestFocus();
        pressX = event.getSceneX();
        pressWidth = width.get();
        if (event.getClickCount() == 2) {
            width.set(usual);
        }
        event.consume();
    }

    private void press(KeyEvent event) {
        switch (event.getCode()) {
            case LEFT -> width.set(width.get() - sign * STEP);
            case RIGHT -> width.set(width.get() + sign * STEP);
            case HOME -> width.set(usual);
            default -> {
                return;
            }
        }
        event.consume();
    }

    @Override
    protected Skin<?> createDefaultSkin() {
        return new SkinBase<>(this) {};
    }
}

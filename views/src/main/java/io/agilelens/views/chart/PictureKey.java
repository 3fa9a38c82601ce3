package io.agilelens.views.chart;

import io.agilelens.views.Messages;
import java.util.Optional;
import javafx.scene.input.KeyEvent;

/** What keys do in a picture that has the keyboard; the same in every chart and map. */
public enum PictureKey {
    LEFT,
    RIGHT,
    UP,
    DOWN,
    ZOOM_IN,
    ZOOM_OUT,
    WHOLE,
    PICK,
    LOG;

    /** What a person asks for with a key, if that is anything. */
    static Optional<PictureKey> of(KeyEvent event) {
        if (event.isShortcutDown() || event.isMetaDown()) {
            return Optional.empty();
        }
        PictureKey key =
                switch (event.getCode()) {
                    case LEFT, KP_LEFT -> LEFT;
                    case RIGHT, KP_RIGHT -> RIGHT;
                    case UP, KP_UP -> UP;
                    case DOWN, KP_DOWN -> DOWN;
                    case PLUS, ADD, EQUALS -> ZOOM_IN;
                    case MINUS, SUBTRACT -> ZOOM_OUT;
                    case HOME, DIGIT0 -> WHOLE;
                    case ENTER, SPACE -> PICK;
                    case L -> LOG;
                    default -> null;
                };
        // The window goes back, forth, up and down with Alt and arrows.
        return event.isAltDown() ? Optional.empty() : Optional.ofNullable(key);
    }

    /** The keys as people read them. */
    public String keys() {
        return Messages.text("picture." + name() + ".keys");
    }

    /** What they do, in one sentence. */
    public String effect() {
        return Messages.text("picture." + name());
    }
}

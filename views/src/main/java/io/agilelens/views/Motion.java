package io.agilelens.views;

import javafx.application.Platform;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.Scene;
import javafx.util.Duration;
import org.controlsfx.control.PopOver;

/** Whether things fade and slide, or are simply there; on the JavaFX thread. */
public final class Motion {

    /** What a person chooses. */
    public enum Mode {
        /** As the desktop has it, followed when it changes. */
        SYSTEM,
        /** Nothing moves by itself. */
        REDUCED,
        /** Things may fade and slide. */
        FULL
    }

    private static final ReadOnlyObjectWrapper<Mode> MODE =
            new ReadOnlyObjectWrapper<>(Mode.SYSTEM);
    private static final ReadOnlyBooleanWrapper REDUCED = new ReadOnlyBooleanWrapper();
    private static boolean follows;

    private Motion() {}

    /** Changes what windows do from now on. */
    public static void apply(Mode mode) {
        if (!follows) {
            follows = true;
            Platform.getPreferences().reducedMotionProperty().subscribe(_ -> refresh());
        }
        MODE.set(mode);
        refresh();
    }

    private static void refresh() {
        REDUCED.set(
                switch (MODE.get()) {
                    case SYSTEM -> Platform.getPreferences().isReducedMotion();
                    case REDUCED -> true;
                    case FULL -> false;
                });
    }

    public static ReadOnlyObjectProperty<Mode> modeProperty() {
        return MODE.getReadOnlyProperty();
    }

    /** Whether nothing should move by itself. */
    public static ReadOnlyBooleanProperty reducedProperty() {
        return REDUCED.getReadOnlyProperty();
    }

    /** Has the transitions of a scene's stylesheets do the same. */
    public static void follow(Scene scene) {
        // Bound, not subscribed: the choice outlives a window and must not hold it.
        scene.getPreferences().reducedMotionProperty().bind(REDUCED);
    }

    /** Has a pop-over do the same. */
    public static void follow(PopOver popOver) {
        popOver.setAnimated(!REDUCED.get());
        popOver.setFadeInDuration(REDUCED.get() ? Duration.ZERO : Duration.seconds(.2));
        popOver.setFadeOutDuration(REDUCED.get() ? Duration.ZERO : Duration.seconds(.2));
    }
}

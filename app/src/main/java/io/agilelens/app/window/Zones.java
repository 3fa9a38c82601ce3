package io.agilelens.app.window;

import io.agilelens.views.Divider;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.geometry.Orientation;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/**
 * How wide the zones left and right of the middle are: as a person dragged them, as far as the
 * window leaves room for the middle. Where type is large and the window small, the left zone keeps
 * only its icons.
 */
final class Zones {
    private static final double USUAL_LEFT = 160;
    private static final double USUAL_RIGHT = 272;
    private static final double LEAST_LEFT = 120;
    private static final double LEAST_RIGHT = 256;
    private static final double ICONS = 60;

    /** The right zone's least width while something stands above the recipe. */
    private static final double LEAST_DOCKED = 296;

    /** Most of the window that one zone takes. */
    private static final double MOST = 0.4;

    /** Below so many pixels for each magnification there are icons only. */
    private static final double ROOMY = 800;

    private final DoubleProperty leftWidth = new SimpleDoubleProperty(this, "left", USUAL_LEFT);
    private final DoubleProperty rightWidth = new SimpleDoubleProperty(this, "right", USUAL_RIGHT);
    private final ReadOnlyBooleanWrapper compact = new ReadOnlyBooleanWrapper();
    private final DoubleProperty magnification = new SimpleDoubleProperty(this, "magnification");
    private final Region leftZone;
    private final Region rightZone;
    private final HBox left;
    private final HBox right;
    private double window;
    private double leastRight = LEAST_RIGHT;

    Zones(Region leftZone, Region rightZone) {
        this.leftZone = leftZone;
        this.rightZone = rightZone;
        left = new HBox(leftZone, divider("window.left", leftWidth, USUAL_LEFT, 1));
        right = new HBox(divider("window.right", rightWidth, USUAL_RIGHT, -1), rightZone);
        HBox.setHgrow(leftZone, Priority.ALWAYS);
        HBox.setHgrow(rightZone, Priority.ALWAYS);
        leftWidth.subscribe(_ -> fit(window));
        rightWidth.subscribe(_ -> fit(window));
        // Bound, not subscribed: looks outlive a window and must not hold it.
        magnification.bind(Theme.magnificationProperty());
        magnification.subscribe(_ -> fit(window));
    }

    private static Divider divider(String name, DoubleProperty width, double usual, int sign) {
        Divider divider =
                new Divider(
                        Messages.text("divider." + name),
                        Orientation.VERTICAL,
                        sign,
                        width::get,
                        width::set,
                        () -> width.set(usual));
        divider.setId("divider-" + name.replace('.', '-'));
        divider.getStyleClass().add("zone-divider");
        return divider;
    }

    HBox left() {
        return left;
    }

    HBox right() {
        return right;
    }

    /** The left zone's width at usual type size, in pixels, as a person wants it. */
    DoubleProperty leftWidthProperty() {
        return leftWidth;
    }

    /** The right zone's width at usual type size, in pixels, as a person wants it. */
    DoubleProperty rightWidthProperty() {
        return rightWidth;
    }

    /** Whether there is room for icons only. */
    ReadOnlyBooleanProperty compactProperty() {
        return compact.getReadOnlyProperty();
    }

    double leftWidth() {
        return leftWidth.get();
    }

    double rightWidth() {
        return rightWidth.get();
    }

    /** As wide as usual again. */
    void reset() {
        leftWidth.set(USUAL_LEFT);
        rightWidth.set(USUAL_RIGHT);
    }

    /** Gives the right zone room for what stands above the recipe, or takes it back. */
    void widenRight(boolean docked) {
        leastRight = docked ? LEAST_DOCKED : LEAST_RIGHT;
        fit(window);
    }

    /** Finds widths for a window so wide. */
    void fit(double width) {
        window = width;
        if (width <= 0) {
            return;
        }
        double magnification = Theme.magnificationProperty().get();
        compact.set(width < ROOMY * magnification);
        double most = MOST * width;
        set(
                leftZone,
                compact.get()
                        ? ICONS + 12 * (magnification - 1)
                        : Math.clamp(leftWidth.get(), LEAST_LEFT, most) * magnification);
        // Larger type has narrower margins, so its zone need not grow as much.
        double grown = 1 + 0.5 * (magnification - 1);
        set(rightZone, Math.min(most, Math.clamp(rightWidth.get(), leastRight, most) * grown));
    }

    private static void set(Region zone, double width) {
        zone.setMinWidth(width);
        zone.setPrefWidth(width);
        zone.setMaxWidth(width);
    }
}

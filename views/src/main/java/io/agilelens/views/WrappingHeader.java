package io.agilelens.views;

import javafx.application.Platform;
import javafx.scene.control.Labeled;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** A heading with tools at its right or, where there is no room beside it, below it. */
public final class WrappingHeader extends VBox {
    private final Labeled heading;
    private final Region tools;
    private final HBox first;

    /**
     * @param style class of the line that holds the heading
     */
    public WrappingHeader(Labeled heading, Region tools, String style) {
        this.heading = heading;
        this.tools = tools;
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        first = new HBox(heading, gap, tools);
        first.getStyleClass().add(style);
        getChildren().add(first);
        setMinWidth(0);
        widthProperty().subscribe(_ -> arrange());
        heading.textProperty().subscribe(_ -> arrange());
        tools.widthProperty().subscribe(_ -> arrange());
    }

    private void arrange() {
        // Children must not change while they are laid out.
        if (isBelow() != getChildren().contains(tools)) {
            Platform.runLater(
                    () -> {
                        boolean below = isBelow();
                        if (below != getChildren().contains(tools)) {
                            first.getChildren().remove(tools);
                            getChildren().remove(tools);
                            (below ? this : first).getChildren().add(tools);
                        }
                    });
        }
    }

    @Override
    protected void layoutChildren() {
        super.layoutChildren();
        // Larger type changes what is wanted, not what there is.
        arrange();
    }

    private boolean isBelow() {
        double named = Math.max(heading.minWidth(-1), heading.prefWidth(-1));
        double wanted = named + tools.prefWidth(-1) + 2 * first.getSpacing();
        return getWidth() > 0 && Math.floor(wanted) > getWidth();
    }
}

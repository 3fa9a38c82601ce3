package io.agilelens.views;

import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What every station looks like: its title with its own controls beside it, and its pictures. */
public final class StationPane extends VBox {
    private final HBox tools = new HBox();

    /**
     * @param title the station's name
     * @param content fills what is left
     * @param controls stand at the right of the title
     */
    public StationPane(String title, Node content, Node... controls) {
        getStyleClass().add("station-pane");
        Label heading = new Label(title);
        heading.getStyleClass().add("heading");
        heading.setMinWidth(Region.USE_PREF_SIZE);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        tools.getStyleClass().add("card-tools");
        tools.getChildren().addAll(controls);
        HBox first = new HBox(heading, gap, tools);
        first.getStyleClass().add("station-header");
        VBox header = new VBox(first);
        header.widthProperty().subscribe(_ -> arrange(header, first, heading));
        tools.widthProperty().subscribe(_ -> arrange(header, first, heading));
        VBox.setVgrow(content, Priority.ALWAYS);
        getChildren().addAll(header, content);
        setMinSize(0, 0);
    }

    /** Puts the controls below the title where there is no room beside it. */
    private void arrange(VBox header, HBox first, Label heading) {
        double width = header.getWidth();
        double wanted = heading.prefWidth(-1) + tools.prefWidth(-1) + 2 * first.getSpacing();
        boolean below = width > 0 && wanted > width;
        if (below != header.getChildren().contains(tools)) {
            // Children must not change while they are laid out.
            Platform.runLater(
                    () -> {
                        first.getChildren().remove(tools);
                        header.getChildren().remove(tools);
                        (below ? header : first).getChildren().add(tools);
                    });
        }
    }
}

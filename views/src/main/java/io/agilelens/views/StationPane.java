package io.agilelens.views;

import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What every station looks like: its title with its own controls beside it, and its pictures. */
public final class StationPane extends VBox {
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
        WrappingRow tools = new WrappingRow(WrappingRow.Align.END, 8, 4, controls);
        WrappingHeader header = new WrappingHeader(heading, tools, "station-header");
        VBox.setVgrow(content, Priority.ALWAYS);
        getChildren().addAll(header, content);
        setMinSize(0, 0);
    }
}

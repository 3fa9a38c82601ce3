package io.agilelens.views;

import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;

/** Links to the stations that show the selected layer, site, channel, head or token too. */
public final class PlaceLinks extends HBox {
    /** The stations that follow the selection. */
    private static final List<String> STATIONS = List.of("outliers", "attention", "tokens");

    private final Label label = new Label(Messages.text("selection.see"));

    /**
     * @param own the station where the links stand; it has none to itself
     */
    public PlaceLinks(WorkbenchActions actions, String own) {
        super(8);
        getStyleClass().add("selection-path");
        setAlignment(Pos.CENTER_LEFT);
        label.getStyleClass().add("muted");
        label.setMinWidth(USE_PREF_SIZE);
        getChildren().add(label);
        for (String station : STATIONS) {
            if (!station.equals(own)) {
                getChildren().add(link(actions, station));
            }
        }
    }

    /** Whether there is room for the words before the links. */
    void setRoomy(boolean roomy) {
        label.setVisible(roomy);
        label.setManaged(roomy);
    }

    private static Hyperlink link(WorkbenchActions actions, String station) {
        String title = Messages.text(station + ".title");
        Hyperlink link = new Hyperlink(title);
        link.setId("see-" + station);
        link.setMinWidth(USE_PREF_SIZE);
        Help.on(link, Messages.text("selection.see.help", title));
        link.setOnAction(event -> actions.goTo(station));
        return link;
    }
}

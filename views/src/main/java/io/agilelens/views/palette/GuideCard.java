package io.agilelens.views.palette;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What the window is for and how to begin, on one card with a link to each station. */
public final class GuideCard extends VBox {
    private static final int STEPS = 5;

    private final ScrollPane scroll;

    /**
     * A station of the window.
     *
     * @param help what it shows, in one sentence
     */
    public record Place(String id, String title, String help) {}

    /**
     * @param open goes to a station, by its id
     */
    public GuideCard(List<Place> stations, Consumer<String> open) {
        setId("guide");
        getStyleClass().addAll("palette", "guide");
        Label title = new Label(Messages.text("guide.title"));
        title.getStyleClass().add("heading");
        VBox lines = new VBox(words(Messages.text("guide.zones")));
        lines.getStyleClass().add("guide-lines");
        for (int step = 1; step <= STEPS; step++) {
            Label number = new Label(Integer.toString(step));
            number.getStyleClass().add("muted");
            number.setMinWidth(Region.USE_PREF_SIZE);
            lines.getChildren().add(line(number, words(Messages.text("guide.step." + step))));
        }
        Label heading = new Label(Messages.text("guide.stations"));
        heading.getStyleClass().addAll("card-heading", "shortcut-group");
        lines.getChildren().add(heading);
        for (Place station : stations) {
            Hyperlink link = new Hyperlink(station.title());
            link.setId("guide-" + station.id());
            link.setMinWidth(Region.USE_PREF_SIZE);
            Help.wrapped(link, station.help());
            link.setOnAction(_ -> open.accept(station.id()));
            HBox place = new HBox(link);
            place.getStyleClass().add("guide-place");
            lines.getChildren().add(line(place, words(station.help())));
        }
        Label more = words(Messages.text("guide.more"));
        more.getStyleClass().add("muted");
        lines.getChildren().add(more);
        scroll = new ScrollPane(lines);
        scroll.setAccessibleText(Messages.text("guide.title"));
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.getStyleClass().add("edge-to-edge");
        VBox.setVgrow(scroll, Priority.ALWAYS);
        setMaxHeight(USE_PREF_SIZE);
        getChildren().addAll(title, scroll);
    }

    /** Takes the keyboard. */
    public void begin() {
        scroll.setVvalue(0);
        scroll.requestFocus();
    }

    private static Label words(String text) {
        Label label = new Label(text);
        label.setWrapText(true);
        label.setMinHeight(Region.USE_PREF_SIZE);
        HBox.setHgrow(label, Priority.ALWAYS);
        return label;
    }

    private static HBox line(Region first, Label then) {
        HBox line = new HBox(first, then);
        line.getStyleClass().add("shortcut-line");
        return line;
    }
}

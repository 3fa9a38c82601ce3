package io.agilelens.app.window;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.util.List;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.css.PseudoClass;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.Toggle;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/** Where a person is and where else to go: the stations, one under the other. */
final class StationList extends VBox {
    private static final PseudoClass COMPACT = PseudoClass.getPseudoClass("compact");

    private final List<Station> stations;
    private final ObjectProperty<Station> current = new SimpleObjectProperty<>(this, "current");
    private final ToggleGroup group = new ToggleGroup();
    private final Label heading = new Label(Messages.text("window.stations"));

    StationList(List<Station> stations) {
        this.stations = List.copyOf(stations);
        getStyleClass().add("station-list");
        heading.getStyleClass().addAll("small", "muted", "section-heading");
        getChildren().add(heading);
        for (int i = 0; i < stations.size(); i++) {
            getChildren().add(entry(stations.get(i), i + 1));
        }
        current.subscribe(this::show);
        addEventFilter(KeyEvent.KEY_PRESSED, this::move);
    }

    /** Leaves only the icons, where there is no room for words. */
    void setCompact(boolean compact) {
        heading.setVisible(!compact);
        heading.setManaged(!compact);
        for (Toggle entry : group.getToggles()) {
            ToggleButton button = (ToggleButton) entry;
            button.setContentDisplay(compact ? ContentDisplay.GRAPHIC_ONLY : ContentDisplay.LEFT);
            button.pseudoClassStateChanged(COMPACT, compact);
        }
    }

    ObjectProperty<Station> currentProperty() {
        return current;
    }

    private ToggleButton entry(Station station, int number) {
        ToggleButton entry = new ToggleButton(station.title(), new FontIcon(station.icon()));
        entry.setId("station-" + station.id());
        entry.setUserData(station);
        entry.setToggleGroup(group);
        entry.setMaxWidth(Double.MAX_VALUE);
        entry.getStyleClass().add("station-entry");
        Help.on(
                entry,
                Messages.text("window.station.help", station.title(), Integer.toString(number)));
        entry.setAccessibleText(station.title());
        entry.setOnAction(
                event -> {
                    current.set(station);
                    entry.setSelected(true);
                });
        return entry;
    }

    private void show(Station wanted) {
        group.getToggles().stream()
                .filter(toggle -> toggle.getUserData() == wanted)
                .forEach(group::selectToggle);
    }

    private void move(KeyEvent event) {
        int step =
                switch (event.getCode()) {
                    case UP -> -1;
                    case DOWN -> 1;
                    default -> 0;
                };
        if (step == 0 || stations.isEmpty()) {
            return;
        }
        int next = Math.floorMod(stations.indexOf(current.get()) + step, stations.size());
        current.set(stations.get(next));
        ((ToggleButton) group.getSelectedToggle()).requestFocus();
        event.consume();
    }
}

package io.agilelens.views.palette;

import io.agilelens.views.ContextMenus;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import java.util.List;
import java.util.stream.Collectors;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** Which program this is and what it runs on, to be copied into a report of a fault. */
public final class AboutCard extends VBox {
    private final Button copy = new Button(Messages.text("about.copy"));

    /** A line, such as the version. */
    public record Fact(String name, String value) {}

    public AboutCard(List<Fact> facts) {
        setId("about");
        getStyleClass().addAll("palette", "about");
        Label title = new Label(Messages.text("window.product"));
        title.getStyleClass().add("heading");
        Label purpose = new Label(Messages.text("about.purpose"));
        purpose.setWrapText(true);
        purpose.setMinHeight(Region.USE_PREF_SIZE);
        GridPane table = new GridPane();
        table.getStyleClass().add("about-facts");
        for (int i = 0; i < facts.size(); i++) {
            Label name = new Label(facts.get(i).name());
            name.getStyleClass().add("muted");
            name.setMinWidth(Region.USE_PREF_SIZE);
            Label value = new Label(facts.get(i).value());
            value.setWrapText(true);
            value.setMinHeight(Region.USE_PREF_SIZE);
            table.addRow(i, name, value);
        }
        copy.setId("about-copy");
        Help.wrapped(copy, Messages.text("about.copy.help"));
        copy.setOnAction(_ -> copy(facts));
        setMaxHeight(USE_PREF_SIZE);
        getChildren().addAll(title, purpose, table, copy);
    }

    /** Takes the keyboard. */
    public void begin() {
        copy.requestFocus();
    }

    private static void copy(List<Fact> facts) {
        ContextMenus.copy(
                facts.stream()
                        .map(fact -> fact.name() + ": " + fact.value())
                        .collect(Collectors.joining("\n")));
        Notices.done(Messages.text("about.copied"));
    }
}

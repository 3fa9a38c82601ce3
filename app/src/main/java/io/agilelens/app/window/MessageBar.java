package io.agilelens.app.window;

import io.agilelens.views.Messages;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** One line across the window that says something and waits, while all else can be used. */
final class MessageBar extends HBox {
    private final WorkbenchFrame frame;
    private final Button close = TopBar.iconButton(Feather.X, "message.close", this::leave);

    /**
     * @param id for whoever looks for it
     */
    MessageBar(WorkbenchFrame frame, String id, String text) {
        this.frame = frame;
        setId(id);
        getStyleClass().add("message-bar");
        Label label = new Label(text, new FontIcon(Feather.INFO));
        label.setWrapText(true);
        label.setMinWidth(0);
        label.setMinHeight(Region.USE_PREF_SIZE);
        label.setAccessibleRole(AccessibleRole.TEXT);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox.setHgrow(label, Priority.SOMETIMES);
        getChildren().addAll(label, gap, close);
    }

    /** Adds a button that does something and takes the message away. */
    MessageBar with(String id, String key, Runnable action) {
        Button button = new Button(Messages.text(key));
        button.setId(id);
        button.getStyleClass().add("small");
        button.setMinWidth(Region.USE_PREF_SIZE);
        button.setOnAction(
                _ -> {
                    frame.hideMessage(this);
                    action.run();
                });
        getChildren().add(getChildren().size() - 1, button);
        return this;
    }

    void show() {
        frame.showMessage(this);
    }

    private void leave() {
        frame.hideMessage(this);
    }
}

package io.agilelens.views.kernels;

import io.agilelens.views.Badge;
import io.agilelens.views.EmptyState;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.WorkButton;
import java.util.function.Function;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;

/** A button until something was measured; then what it was measured on, and its pictures. */
final class MeasuredPane extends StackPane {
    private static final double ROOM_FOR_ONE_LINE = 860;

    private final Label conditions = new Label();
    private final HBox origin = new HBox(4);
    private final HBox tools;
    private final HBox line = new HBox(8, origin, conditions);
    private final VBox header = new VBox(4, line);
    private final VBox shown;
    private final EmptyState empty;

    /**
     * @param key of the words: {@code KEY.empty} and {@code KEY.measure}
     * @param button a button that measures, at each call another one
     * @param controls stand left of the button that measures again
     */
    MeasuredPane(
            String key,
            String reason,
            Function<String, WorkButton> button,
            Region content,
            Node... controls) {
        conditions.setId(key.replace('.', '-') + "-conditions");
        conditions.getStyleClass().addAll("small", "muted");
        conditions.setWrapText(true);
        conditions.setMinWidth(0);
        conditions.setMinHeight(USE_PREF_SIZE);
        conditions.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(conditions, Priority.ALWAYS);
        WorkButton again = button.apply(Messages.text(key + ".measure"));
        again.button().setId(key.replace('.', '-') + "-measure");
        again.button().getStyleClass().add("small");
        Help.wrapped(again.button(), Messages.text("kernels.measure.help"));
        tools = new HBox(8, controls);
        tools.getChildren().add(again);
        tools.setAlignment(Pos.CENTER_RIGHT);
        origin.setMinWidth(USE_PREF_SIZE);
        origin.setAlignment(Pos.CENTER_LEFT);
        line.setAlignment(Pos.CENTER_LEFT);
        widthProperty().subscribe(width -> arrange(width.doubleValue()));
        VBox.setVgrow(content, Priority.ALWAYS);
        shown = new VBox(8, header, content);
        shown.setMinSize(0, 0);
        empty =
                new EmptyState(
                        Feather.CPU,
                        Messages.text(key + ".empty", reason),
                        button.apply(Messages.text(key + ".measure")));
        setMinSize(0, 0);
        getChildren().addAll(empty, shown);
        show(false, "", "");
    }

    /** Words and controls on one line where there is room, else one line each. */
    private void arrange(double width) {
        boolean one = width >= ROOM_FOR_ONE_LINE * Theme.magnificationProperty().get();
        Pane place = one ? line : header;
        if (tools.getParent() != place) {
            header.getChildren().remove(tools);
            line.getChildren().remove(tools);
            place.getChildren().add(tools);
        }
    }

    /**
     * Shows what was measured, or that nothing was.
     *
     * @param words on what it was measured
     * @param what was measured, on what and when, for the badge
     * @param further badges beside that one
     */
    void show(boolean measured, String words, String what, Badge... further) {
        shown.setVisible(measured);
        empty.setVisible(!measured);
        conditions.setText(words);
        origin.getChildren().clear();
        if (measured) {
            origin.getChildren().add(Badge.measured(what));
            origin.getChildren().addAll(further);
        }
    }
}

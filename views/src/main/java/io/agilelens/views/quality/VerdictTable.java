package io.agilelens.views.quality;

import io.agilelens.views.LessonLinks;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.util.List;
import javafx.application.Platform;
import javafx.geometry.HPos;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** Baseline against tuned, number beside number. */
final class VerdictTable extends GridPane {
    /** Below so many pixels at usual type, names stand above their numbers. */
    private static final double ROOM_FOR_NAMES = 280;

    private List<VerdictRow> shown = List.of();
    private boolean stacked;

    VerdictTable() {
        setId("verdict-table");
        setHgap(16);
        setVgap(6);
        for (int column = 0; column < 4; column++) {
            ColumnConstraints constraints = new ColumnConstraints();
            constraints.setHalignment(column == 0 ? HPos.LEFT : HPos.RIGHT);
            constraints.setHgrow(column == 0 ? Priority.ALWAYS : Priority.NEVER);
            getColumnConstraints().add(constraints);
        }
        setMinWidth(0);
        widthProperty().subscribe(_ -> arrange());
    }

    private void arrange() {
        boolean wanted =
                getWidth() > 0 && getWidth() < ROOM_FOR_NAMES * Theme.magnificationProperty().get();
        if (wanted != stacked) {
            stacked = wanted;
            // Children must not change while they are laid out.
            Platform.runLater(() -> show(shown));
        }
    }

    void show(List<VerdictRow> rows) {
        shown = rows;
        getChildren().clear();
        if (rows.isEmpty()) {
            return;
        }
        add(cell(Messages.text("comparison.BASELINE"), "small", "baseline-ink"), 1, 0);
        add(cell(Messages.text("comparison.TUNED"), "small", "tuned-ink"), 2, 0);
        add(cell(Messages.text("quality.change"), "small", "muted"), 3, 0);
        for (int i = 0; i < rows.size(); i++) {
            VerdictRow row = rows.get(i);
            Label name = cell(Messages.text("quality.row." + row.key()));
            LessonLinks.explain(
                    name, "quality.row." + row.key(), Messages.text("quality.help." + row.key()));
            int line = stacked ? 2 * i + 2 : i + 1;
            if (stacked) {
                add(name, 0, line - 1, 4, 1);
            } else {
                add(name, 0, line);
            }
            add(cell(row.baseline(), "baseline-ink"), 1, line);
            Label tuned = cell(row.tuned(), "tuned-ink");
            tuned.setId("tuned-" + row.key());
            add(tuned, 2, line);
            add(cell(row.change()), 3, line);
        }
    }

    private static Label cell(String text, String... styles) {
        Label label = new Label(text);
        label.getStyleClass().addAll(styles);
        label.setMinWidth(Region.USE_PREF_SIZE);
        return label;
    }
}

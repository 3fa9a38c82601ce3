package io.agilelens.views.quality;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.util.List;
import javafx.geometry.HPos;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** Baseline against tuned, number beside number. */
final class VerdictTable extends GridPane {

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
    }

    void show(List<VerdictRow> rows) {
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
            Help.wrapped(name, Messages.text("quality.help." + row.key()));
            add(name, 0, i + 1);
            add(cell(row.baseline(), "baseline-ink"), 1, i + 1);
            Label tuned = cell(row.tuned(), "tuned-ink");
            tuned.setId("tuned-" + row.key());
            add(tuned, 2, i + 1);
            add(cell(row.change()), 3, i + 1);
        }
    }

    private static Label cell(String text, String... styles) {
        Label label = new Label(text);
        label.getStyleClass().addAll(styles);
        label.setMinWidth(Region.USE_PREF_SIZE);
        return label;
    }
}

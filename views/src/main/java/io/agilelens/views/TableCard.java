package io.agilelens.views;

import io.agilelens.views.chart.ExportBar;
import io.agilelens.views.chart.TableExport;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** A table with its heading, the buttons that save it, and its menu. */
public final class TableCard extends VBox {

    /**
     * @param heading what the rows are, in a few words; names the files
     */
    public TableCard(String heading, TableView<?> table) {
        TableExport<?> export = new TableExport<>(table, heading);
        TableMenu.on(table, export);
        Label words = new Label(heading);
        words.getStyleClass().add("card-heading");
        words.setMinWidth(0);
        VBox.setVgrow(table, Priority.ALWAYS);
        getChildren()
                .addAll(new WrappingHeader(words, new ExportBar(export), "card-header"), table);
        setMinWidth(0);
    }
}

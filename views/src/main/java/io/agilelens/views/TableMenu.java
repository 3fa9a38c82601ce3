package io.agilelens.views;

import io.agilelens.views.chart.CsvDocument;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.PictureMenu;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableView;
import javafx.scene.input.ContextMenuEvent;

/** The menu of a table: copy a cell, a row or all of it, and save it as any picture. */
public final class TableMenu {
    private TableMenu() {}

    /**
     * Gives a table its menu; lines of its rows stand above.
     *
     * @param whole the table as it is copied and saved
     */
    public static void on(TableView<?> table, Exportable whole) {
        table.addEventHandler(
                ContextMenuEvent.CONTEXT_MENU_REQUESTED,
                request -> {
                    ContextMenus.show(table, lines(table, whole, cell(request)), request);
                    request.consume();
                });
    }

    static List<MenuItem> lines(TableView<?> table, Exportable whole, String cell) {
        MenuItem one = ContextMenus.line(Messages.text("menu.table.cell"), () -> copy(cell));
        one.setDisable(cell.isEmpty());
        int row = table.getSelectionModel().getSelectedIndex();
        MenuItem line =
                ContextMenus.line(Messages.text("menu.table.row"), () -> copyRow(row(table, row)));
        line.setDisable(row < 0);
        List<MenuItem> lines =
                new ArrayList<>(
                        List.of(
                                one,
                                line,
                                ContextMenus.line(
                                        Messages.text("menu.table.all"),
                                        () -> PictureMenu.copyCsv(whole)),
                                new SeparatorMenuItem()));
        lines.addAll(PictureMenu.saving(whole));
        return lines;
    }

    private static void copyRow(List<String> fields) {
        CsvDocument line = csv -> csv.line(fields);
        copy(line.text());
    }

    private static void copy(String text) {
        ContextMenus.copy(text);
    }

    /** The words of the cell that was pointed at. */
    private static String cell(ContextMenuEvent request) {
        Node node = request.getPickResult().getIntersectedNode();
        while (node != null && !(node instanceof TableCell<?, ?>)) {
            node = node.getParent();
        }
        return node instanceof TableCell<?, ?> cell && cell.getText() != null ? cell.getText() : "";
    }

    private static <R> List<String> row(TableView<R> table, int row) {
        return table.getVisibleLeafColumns().stream()
                .map(column -> column.getCellData(row))
                .map(value -> value == null ? "" : value.toString())
                .toList();
    }
}

package io.agilelens.views;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;

/** Adds columns to a table: text as it is, numbers formatted, right-aligned and sorted by value. */
public final class NumberColumns<R> {
    private final List<TableColumn<R, ?>> columns;

    public NumberColumns(TableView<R> table) {
        this(table.getColumns());
    }

    private NumberColumns(List<TableColumn<R, ?>> columns) {
        this.columns = columns;
    }

    /** Adds a heading; further columns stand below it. */
    public NumberColumns<R> under(String heading) {
        TableColumn<R, Void> group = new TableColumn<>(heading);
        columns.add(group);
        return new NumberColumns<>(group.getColumns());
    }

    /**
     * @param read what the cell holds and sorts by
     * @param format how a number is shown; null for text, which is shown as it is
     * @return the column that was added
     */
    public <T extends Comparable<T>> TableColumn<R, T> add(
            String title, double width, Function<R, T> read, Function<T, String> format) {
        TableColumn<R, T> column = new TableColumn<>(title);
        column.setPrefWidth(width);
        column.setCellValueFactory(
                cell -> new ReadOnlyObjectWrapper<>(read.apply(cell.getValue())));
        column.setComparator(Comparator.naturalOrder());
        if (format == null) {
            column.setCellFactory(_ -> new TextCell<>());
        } else {
            column.setCellFactory(_ -> new NumberCell<>(format));
            column.getStyleClass().add("number-column");
        }
        columns.add(column);
        return column;
    }

    /** Text whose middle gives way where it does not fit; the whole of it is the tooltip. */
    private static final class TextCell<R, T> extends TableCell<R, T> {
        private final Tooltip whole = new Tooltip();

        TextCell() {
            setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
        }

        @Override
        protected void updateItem(T item, boolean empty) {
            super.updateItem(item, empty);
            setText(empty || item == null ? null : item.toString());
            whole.setText(getText());
            setTooltip(empty || item == null ? null : whole);
        }
    }

    private static final class NumberCell<R, T> extends TableCell<R, T> {
        private final Function<T, String> format;

        NumberCell(Function<T, String> format) {
            this.format = format;
            getStyleClass().add("number-cell");
        }

        @Override
        protected void updateItem(T item, boolean empty) {
            super.updateItem(item, empty);
            setText(empty || item == null ? null : format.apply(item));
        }
    }
}

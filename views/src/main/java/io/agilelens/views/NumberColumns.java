package io.agilelens.views;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.text.Text;

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
            column.setCellFactory(_ -> new TextCell<>(_ -> List.of()));
        } else {
            column.setCellFactory(_ -> new NumberCell<>(format));
            column.getStyleClass().add("number-column");
        }
        columns.add(column);
        return column;
    }

    /**
     * Adds a column of names, which are shortened where they do not fit.
     *
     * @param shorter forms of a name, the longest first
     * @return the column that was added
     */
    public TableColumn<R, String> addNames(
            String title,
            double width,
            Function<R, String> read,
            Function<String, List<String>> shorter) {
        TableColumn<R, String> column = add(title, width, read, null);
        column.setCellFactory(_ -> new TextCell<>(shorter));
        return column;
    }

    /**
     * Text in the first of its forms that fits; the middle of the shortest gives way where none
     * does. The whole of it is the tooltip.
     */
    private static final class TextCell<R, T> extends TableCell<R, T> {
        private final Tooltip whole = new Tooltip();
        private final Text ruler = new Text();
        private final Function<String, List<String>> shorter;
        private List<String> forms = List.of();

        TextCell(Function<String, List<String>> shorter) {
            this.shorter = shorter;
            setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
            ruler.fontProperty().bind(fontProperty());
            widthProperty().subscribe(this::fit);
            insetsProperty().subscribe(this::fit);
            fontProperty().subscribe(this::fit);
        }

        @Override
        protected void updateItem(T item, boolean empty) {
            super.updateItem(item, empty);
            if (empty || item == null) {
                forms = List.of();
                setText(null);
                setTooltip(null);
                setAccessibleText(null);
                return;
            }
            String text = item.toString();
            forms = new ArrayList<>(List.of(text));
            forms.addAll(shorter.apply(text));
            whole.setText(text);
            setTooltip(whole);
            setAccessibleText(text);
            fit();
        }

        private void fit() {
            if (!forms.isEmpty()) {
                setText(
                        forms.stream()
                                .filter(this::fits)
                                .findFirst()
                                .orElseGet(() -> forms.getLast()));
            }
        }

        private boolean fits(String form) {
            ruler.setText(form);
            double room = getWidth() - getInsets().getLeft() - getInsets().getRight();
            return ruler.getLayoutBounds().getWidth() <= room;
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

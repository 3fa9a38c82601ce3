package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.TableExport;
import java.util.List;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.Parent;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.input.Clipboard;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

/** What the menu of a table copies and saves: all rows, under their headings. */
class TableMenuTest extends GuiTest {
    private static final int ROWS = 200;

    private TableView<Integer> table;

    @Override
    protected Parent createRoot() {
        table = new TableView<>();
        table.setId("squares");
        TableColumn<Integer, Integer> number = new TableColumn<>("number");
        number.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
        TableColumn<Integer, Double> square = new TableColumn<>();
        square.setGraphic(new Label("square"));
        square.setCellValueFactory(
                row -> new ReadOnlyObjectWrapper<>(1.0 * row.getValue() * row.getValue()));
        table.getColumns().setAll(List.of(number, square));
        for (int i = 0; i < ROWS; i++) {
            table.getItems().add(i);
        }
        return new StackPane(table);
    }

    @Test
    void copiesAllRowsUnderTheirHeadings() {
        MenuItem all = line(Messages.text("menu.table.all"));
        String[] copied = new String[1];
        interact(all::fire);
        settle();
        interact(() -> copied[0] = Clipboard.getSystemClipboard().getString());
        List<String> lines = copied[0].lines().toList();
        assertEquals("number,square", lines.getFirst());
        assertEquals(ROWS + 1, lines.size());
        assertEquals("199,39601.0", lines.getLast());
    }

    @Test
    void savesInEveryFormatWhatIsOutOfSightToo() {
        for (String format : List.of("PNG", "SVG", "CSV")) {
            line(Messages.text("menu.picture.save", format));
        }
        Exportable export = new TableExport<>(table, "squares");
        String[] svg = new String[1];
        interact(() -> svg[0] = export.svg().get());
        assertTrue(svg[0].contains(">square<"), "the heading that is a label");
        assertTrue(svg[0].contains(">199<"), "the last row");
    }

    @Test
    void anEmptyTableSaysSo() {
        interact(() -> table.getItems().clear());
        Exportable export = new TableExport<>(table, "squares");
        assertThrows(UserException.class, export::csv);
        assertThrows(UserException.class, export::svg);
    }

    private MenuItem line(String text) {
        return TableMenu.lines(table, new TableExport<>(table, "squares"), "").stream()
                .filter(item -> text.equals(item.getText()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line " + text));
    }
}

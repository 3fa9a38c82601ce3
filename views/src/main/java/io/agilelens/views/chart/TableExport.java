package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import javafx.scene.control.Label;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.layout.Region;

/**
 * A table as a picture and as comma-separated values: as SVG and CSV all of its rows in the order
 * that is shown, as PNG those in sight.
 */
public final class TableExport<R> implements Exportable {
    private static final double LINE = 20;
    private static final double GAP = 20;
    private static final double WIDEST_COLUMN = 320;

    private final TableView<R> table;
    private final String title;

    /**
     * @param title names the files
     */
    public TableExport(TableView<R> table, String title) {
        this.table = table;
        this.title = title;
    }

    @Override
    public Region node() {
        return table;
    }

    @Override
    public String fileName() {
        return title;
    }

    @Override
    public Supplier<String> svg() {
        requireRows();
        ChartStyle style = Theme.chartStyleProperty().get();
        List<List<String>> lines = lines(TableExport::words);
        List<Boolean> numbers =
                table.getVisibleLeafColumns().stream()
                        .map(column -> column.getStyleClass().contains("number-column"))
                        .toList();
        return () -> svg(lines, numbers, style);
    }

    private static String svg(List<List<String>> lines, List<Boolean> numbers, ChartStyle style) {
        double size = style.labelSize();
        Pen measure = FxPen.ruler();
        double[] widths = new double[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                double wanted = Math.min(WIDEST_COLUMN, measure.textWidth(line.get(i), size));
                widths[i] = Math.max(widths[i], wanted);
            }
        }
        double width = GAP;
        for (double column : widths) {
            width += column + GAP;
        }
        SvgPen svg = new SvgPen(width, LINE * (lines.size() + 1), measure);
        svg.fill(0, 0, width, LINE * (lines.size() + 1), style.background());
        for (int row = 0; row < lines.size(); row++) {
            double left = GAP;
            for (int i = 0; i < widths.length; i++) {
                boolean number = numbers.get(i);
                String text = measure.fit(lines.get(row).get(i), size, widths[i]);
                svg.text(
                        text,
                        number ? left + widths[i] : left,
                        LINE * (row + 1),
                        number ? Pen.Anchor.END : Pen.Anchor.START,
                        size,
                        row == 0 ? style.muted() : style.text());
                left += widths[i] + GAP;
            }
        }
        svg.line(GAP / 2, LINE * 1.5, width - GAP / 2, LINE * 1.5, style.grid(), 1);
        return svg.document();
    }

    @Override
    public CsvDocument csv() {
        requireRows();
        List<List<String>> lines = lines(value -> value == null ? "" : value.toString());
        return csv -> {
            for (List<String> line : lines) {
                csv.line(line);
            }
        };
    }

    /** The headings, then the rows. */
    private List<List<String>> lines(Function<Object, String> words) {
        List<TableColumn<R, ?>> columns = table.getVisibleLeafColumns();
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(TableExport::heading).toList());
        for (R row : table.getItems()) {
            lines.add(
                    columns.stream().map(column -> words.apply(column.getCellData(row))).toList());
        }
        return lines;
    }

    /** Some headings are labels, for their tooltips; some stand below another. */
    private static String heading(TableColumn<?, ?> column) {
        String own =
                column.getGraphic() instanceof Label label
                        ? label.getText()
                        : String.valueOf(column.getText());
        return column.getParentColumn() == null
                ? own
                : heading((TableColumn<?, ?>) column.getParentColumn()) + ", " + own;
    }

    private static String words(Object value) {
        return switch (value) {
            case null -> "";
            case Double number -> Figures.number(number);
            case Float number -> Figures.number(number);
            default -> value.toString();
        };
    }

    private void requireRows() {
        if (table.getItems().isEmpty()) {
            throw new UserException(Messages.text("export.nothing"));
        }
    }
}

package io.agilelens.views.compare;

import io.agilelens.engine.UserException;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.TableMenu;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.CsvDocument;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.FxPen;
import io.agilelens.views.chart.Pen;
import io.agilelens.views.chart.SvgPen;
import io.agilelens.views.workbench.PinnedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.transformation.SortedList;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.control.cell.TextFieldTableCell;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Region;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import javafx.util.StringConverter;

/** The pinned runs as a table: sort by a click on a heading, rename by a double click. */
final class RunTable extends TableView<PinnedRun> implements Exportable {
    private static final double SVG_LINE = 22;
    private static final double SVG_COLUMN = 96;
    private static final double SVG_RECIPE = 300;
    private static final double HELP_WIDTH = 320;

    /** From these widths on there is room for latencies beside speedups, and for wide columns. */
    private static final double ROOM_FOR_LATENCY = 640;

    private static final double ROOMY = 1400;
    private static final double WIDER = 1.6;
    private static final double MEBIBYTE = 1 << 20;
    private static final double LEAST_OF_FOUR_DECIMALS = 0.001;

    /** How one column of numbers reads a run. */
    private record Number(String key, ToDoubleFunction<PinnedRun> read, Format format) {}

    /** What columns were made as wide as they are for. */
    private record Fit(boolean narrow, boolean roomy) {}

    /** How a column of numbers shows a run. */
    private interface Format extends Function<PinnedRun, String> {}

    private final CompareViewModel model;
    private boolean narrow;
    private Fit fitted;
    private final List<Number> numbers =
            List.of(
                    new Number(
                            "bits", PinnedRun::weightBits, run -> Figures.number(run.weightBits())),
                    new Number("size", PinnedRun::weightBytes, this::size),
                    new Number("perplexity", run -> run.tuned().perplexity(), RunTable::perplexity),
                    new Number(
                            "change",
                            CompareViewModel::change,
                            run ->
                                    Figures.change(
                                            run.tuned().allPositions(),
                                            run.baseline().allPositions())),
                    new Number(
                            "divergence",
                            run -> run.tuned().divergence(),
                            run -> divergence(run.tuned().divergence())),
                    new Number(
                            "agreement",
                            run -> run.tuned().agreement(),
                            run -> Figures.percent(run.tuned().agreement())),
                    new Number(
                            "coverage",
                            run -> run.tuned().coverage(),
                            run -> Figures.percent(run.tuned().coverage())),
                    new Number("latency", this::latency, run -> latency(latency(run))),
                    new Number("speedup", this::speedup, run -> Figures.times(speedup(run))));

    RunTable(CompareViewModel model) {
        this.model = model;
        // Sorting changes what is seen, not the order of pinning.
        SortedList<PinnedRun> sorted = new SortedList<>(model.runs());
        sorted.comparatorProperty().bind(comparatorProperty());
        setItems(sorted);
        setId("runs");
        setEditable(true);
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_FLEX_NEXT_COLUMN);
        setMinHeight(120);
        getColumns().add(nameColumn());
        getColumns().add(recipeColumn());
        for (Number number : numbers) {
            getColumns().add(numberColumn(number));
        }
        setRowFactory(table -> row());
        addEventHandler(KeyEvent.KEY_PRESSED, this::press);
        widthProperty().subscribe(this::fitColumns);
        TableMenu.on(this, this);
    }

    /** A star stands where pruned positions have no prediction, as its sentence explains. */
    private static String perplexity(PinnedRun run) {
        String figure = Figures.withError(run.tuned().perplexity(), run.tuned().standardError());
        return run.tuned().coverage() < 1 ? figure + "*" : figure;
    }

    private String size(PinnedRun run) {
        return model.sizeUnit().text(run.weightBytes());
    }

    /** Decimals of a column stand below each other, except of what they would hide. */
    private static String divergence(double nats) {
        return nats >= LEAST_OF_FOUR_DECIMALS ? Figures.fixed(nats, 4) : Figures.number(nats);
    }

    private static String latency(double milliseconds) {
        return Double.isNaN(milliseconds) ? Figures.NONE : Figures.fourDigits(milliseconds) + " ms";
    }

    private double latency(PinnedRun run) {
        return model.latency(run);
    }

    private double speedup(PinnedRun run) {
        return model.speedup(run);
    }

    /** Leaves out what a narrow window has no room for. */
    void setNarrow(boolean narrow) {
        this.narrow = narrow;
        column("bits").setVisible(!narrow);
        column("agreement").setVisible(!narrow);
        column("coverage").setVisible(!narrow);
        for (TableColumn<PinnedRun, ?> column : getColumns()) {
            double least =
                    switch (column.getId()) {
                        case "name" -> narrow ? 74 : 120;
                        case "recipe" -> narrow ? 68 : 150;
                        case "perplexity" -> narrow ? 84 : 112;
                        case "bits" -> 52;
                        case "latency", "divergence", "speedup" -> narrow ? 64 : 76;
                        case "size" -> narrow ? 64 : 68;
                        default -> narrow ? 58 : 66;
                    };
            column.setMinWidth(least);
        }
        getStyleClass().remove("small");
        if (narrow) {
            getStyleClass().add("small");
        }
        fitColumns();
    }

    /** Recipes get what a narrow table has to spare; a wide one spreads its numbers. */
    private void fitColumns() {
        double width = getWidth() / Theme.magnificationProperty().get();
        column("latency").setVisible(!narrow || width >= ROOM_FOR_LATENCY);
        Fit wanted = new Fit(narrow, width >= ROOMY);
        if (wanted.equals(fitted)) {
            // A person may have moved the edges of columns meanwhile.
            return;
        }
        fitted = wanted;
        for (Number number : numbers) {
            TableColumn<PinnedRun, ?> column = column(number.key());
            boolean wordy = number.key().equals("perplexity");
            double usual = wordy ? 124 : 84;
            column.setMaxWidth(wanted.roomy() ? WIDER * usual : usual);
            column.setPrefWidth(
                    narrow ? column.getMinWidth() : wanted.roomy() ? WIDER * usual : 72);
        }
    }

    /** Starts to rename a run. */
    void beginRename(PinnedRun run) {
        int row = getItems().indexOf(run);
        requestFocus();
        layout();
        edit(row, getColumns().getFirst());
    }

    private TableColumn<PinnedRun, ?> column(String key) {
        return getColumns().stream()
                .filter(column -> key.equals(column.getId()))
                .findFirst()
                .orElseThrow();
    }

    private static <T> TableColumn<PinnedRun, T> column(String key, double width) {
        TableColumn<PinnedRun, T> column = new TableColumn<>();
        Label heading = new Label(Messages.text("compare.column." + key));
        Tooltip help = new Tooltip(Messages.text("compare.help." + key));
        help.setWrapText(true);
        help.setMaxWidth(HELP_WIDTH);
        heading.setTooltip(help);
        column.setGraphic(heading);
        column.setId(key);
        column.setPrefWidth(width);
        return column;
    }

    private TableColumn<PinnedRun, String> nameColumn() {
        TableColumn<PinnedRun, String> column = column("name", 120);
        column.setMaxWidth(180);
        column.setCellValueFactory(cell -> new ReadOnlyObjectWrapper<>(cell.getValue().name()));
        column.setCellFactory(any -> new NameCell());
        column.setEditable(true);
        column.setOnEditCommit(
                event -> {
                    model.rename(event.getRowValue(), event.getNewValue());
                    refresh();
                });
        return column;
    }

    private TableColumn<PinnedRun, PinnedRun> recipeColumn() {
        TableColumn<PinnedRun, PinnedRun> column = column("recipe", 240);
        column.setSortable(false);
        column.setCellValueFactory(cell -> new ReadOnlyObjectWrapper<>(cell.getValue()));
        column.setCellFactory(any -> new RecipeCell());
        return column;
    }

    private TableColumn<PinnedRun, PinnedRun> numberColumn(Number number) {
        TableColumn<PinnedRun, PinnedRun> column = column(number.key(), 72);
        column.getStyleClass().add("number-column");
        column.setCellValueFactory(cell -> new ReadOnlyObjectWrapper<>(cell.getValue()));
        column.setComparator(java.util.Comparator.comparingDouble(number.read()));
        column.setCellFactory(any -> new NumberCell(number));
        return column;
    }

    private TableRow<PinnedRun> row() {
        TableRow<PinnedRun> row = new TableRow<>();
        MenuItem use = new MenuItem(Messages.text("compare.use"));
        use.setOnAction(event -> model.use(row.getItem()));
        MenuItem rename = new MenuItem(Messages.text("compare.rename"));
        rename.setOnAction(event -> beginRename(row.getItem()));
        MenuItem remove = new MenuItem(Messages.text("compare.remove"));
        remove.setOnAction(event -> model.remove(row.getItem()));
        ContextMenu menu = new ContextMenu(use, rename, remove);
        row.emptyProperty().subscribe(empty -> row.setContextMenu(empty ? null : menu));
        return row;
    }

    private void press(KeyEvent event) {
        PinnedRun selected = getSelectionModel().getSelectedItem();
        if (selected == null || getEditingCell() != null) {
            return;
        }
        if (event.getCode() == KeyCode.DELETE) {
            model.remove(selected);
            event.consume();
        } else if (event.getCode() == KeyCode.F2) {
            beginRename(selected);
            event.consume();
        }
    }

    /** The name, and whether the run belongs to something else than the first one. */
    private final class NameCell extends TextFieldTableCell<PinnedRun, String> {
        NameCell() {
            super(
                    new StringConverter<>() {
                        @Override
                        public String toString(String name) {
                            return name;
                        }

                        @Override
                        public String fromString(String name) {
                            return name;
                        }
                    });
            // What a search found is told apart by what stands last in its name.
            setWrapText(true);
        }

        @Override
        public void updateItem(String name, boolean empty) {
            super.updateItem(name, empty);
            PinnedRun run = empty ? null : getTableRow().getItem();
            boolean strange = run != null && !model.isComparable(run);
            if (!isEditing()) {
                setText(empty ? null : mark(run) + (strange ? name + " ≠" : name));
            }
            setTooltip(strange ? new Tooltip(Messages.text("compare.strange")) : null);
        }
    }

    /** A run that a search found has the mark that it has in the picture. */
    private static String mark(PinnedRun run) {
        return run != null && run.searched() ? "◆ " : "";
    }

    /** The recipe, with what differs from the first run's in bold. */
    private final class RecipeCell extends TableCell<PinnedRun, PinnedRun> {
        private static final double PADDING = 16;

        private final TextFlow flow = new TextFlow();

        RecipeCell() {
            widthProperty().subscribe(this::fit);
        }

        @Override
        protected void updateItem(PinnedRun run, boolean empty) {
            super.updateItem(run, empty);
            flow.getChildren().clear();
            if (empty || run == null) {
                setGraphic(null);
                return;
            }
            List<RecipePart> parts = model.parts(run);
            for (int i = 0; i < parts.size(); i++) {
                if (i > 0) {
                    flow.getChildren().add(piece(" · ", "recipe-same"));
                }
                boolean differs = parts.get(i).differs();
                String text = parts.get(i).text();
                flow.getChildren().add(piece(text, differs ? "recipe-differs" : "recipe-same"));
            }
            setGraphic(flow);
            fit();
        }

        /** Only now its letters have their style, and so their size. */
        @Override
        protected void layoutChildren() {
            fit();
            super.layoutChildren();
        }

        /** A flow asked for its height does not know how wide it will be. */
        private void fit() {
            double width = Math.max(40, getWidth() - PADDING);
            double height = flow.prefHeight(width);
            flow.setMinSize(width, height);
            flow.setMaxSize(width, height);
            setPrefHeight(height + PADDING);
        }

        private static Text piece(String text, String style) {
            Text piece = new Text(text);
            piece.getStyleClass().addAll("small", style);
            return piece;
        }
    }

    private final class NumberCell extends TableCell<PinnedRun, PinnedRun> {
        private final Number number;

        NumberCell(Number number) {
            this.number = number;
            getStyleClass().add("number-cell");
        }

        @Override
        protected void updateItem(PinnedRun run, boolean empty) {
            super.updateItem(run, empty);
            setText(empty || run == null ? null : number.format().apply(run));
            setTooltip(null);
            boolean ofSpeed = number.key().equals("latency") || number.key().equals("speedup");
            if (!empty && run != null && ofSpeed) {
                Tooltip help = new Tooltip(model.speedHelp(run));
                help.setWrapText(true);
                help.setMaxWidth(HELP_WIDTH);
                setTooltip(help);
            }
        }
    }

    @Override
    public Region node() {
        return this;
    }

    @Override
    public String fileName() {
        return Messages.text("compare.runs.heading");
    }

    @Override
    public Supplier<String> svg() {
        requireRuns();
        ChartStyle style = Theme.chartStyleProperty().get();
        double width = SVG_COLUMN * (numbers.size() + 1.5) + SVG_RECIPE;
        double height = SVG_LINE * (getItems().size() + 2);
        SvgPen svg = new SvgPen(width, height, FxPen.ruler());
        svg.fill(0, 0, width, height, style.background());
        List<String> heads = new ArrayList<>();
        heads.add(Messages.text("compare.column.name"));
        heads.add(Messages.text("compare.column.recipe"));
        numbers.forEach(number -> heads.add(Messages.text("compare.column." + number.key())));
        writeLine(svg, style, SVG_LINE, heads, style.muted());
        svg.line(8, SVG_LINE * 1.5, width - 8, SVG_LINE * 1.5, style.grid(), 1);
        for (int i = 0; i < getItems().size(); i++) {
            PinnedRun run = getItems().get(i);
            List<String> cells = new ArrayList<>(List.of(run.name(), recipe(run)));
            numbers.forEach(number -> cells.add(number.format().apply(run)));
            writeLine(svg, style, SVG_LINE * (i + 2), cells, style.text());
        }
        return svg::document;
    }

    private static void writeLine(
            Pen pen,
            ChartStyle style,
            double y,
            List<String> cells,
            javafx.scene.paint.Color color) {
        double size = style.labelSize();
        pen.text(cells.get(0), 8, y, Pen.Anchor.START, size, color);
        double recipe = 8 + 1.5 * SVG_COLUMN;
        pen.text(pen.fit(cells.get(1), size, SVG_RECIPE), recipe, y, Pen.Anchor.START, size, color);
        for (int i = 2; i < cells.size(); i++) {
            double right = 1.5 * SVG_COLUMN + SVG_RECIPE + (i - 1) * SVG_COLUMN - 8;
            pen.text(cells.get(i), right, y, Pen.Anchor.END, size, color);
        }
    }

    private String recipe(PinnedRun run) {
        return String.join(" · ", model.parts(run).stream().map(RecipePart::text).toList());
    }

    @Override
    public CsvDocument csv() {
        requireRuns();
        List<List<?>> lines = new ArrayList<>();
        lines.add(
                List.of(
                        "name",
                        "recipe",
                        "bits per weight",
                        "weights, MiB",
                        "baseline perplexity",
                        "perplexity",
                        "standard error",
                        "perplexity over all positions",
                        "change over all positions",
                        "KL divergence, nats",
                        "top-1 agreement",
                        "coverage",
                        "prefill, tokens/s",
                        "executed prefill, ms",
                        "executed decode, ms a token",
                        "executed prefill speedup",
                        "arithmetic",
                        "protocol",
                        "windows",
                        "tokens a window"));
        for (PinnedRun run : getItems()) {
            lines.add(
                    List.of(
                            run.name(),
                            recipe(run),
                            run.weightBits(),
                            run.weightBytes() / MEBIBYTE,
                            run.baseline().perplexity(),
                            run.tuned().perplexity(),
                            run.tuned().standardError(),
                            run.tuned().allPositions(),
                            CompareViewModel.change(run),
                            run.tuned().divergence(),
                            run.tuned().agreement(),
                            run.tuned().coverage(),
                            run.prefillTokensPerSecond(),
                            known(model.latency(run)),
                            known(model.decodeLatency(run)),
                            known(model.speedup(run)),
                            run.recipe().execution().name().toLowerCase(java.util.Locale.ROOT),
                            run.tuned().protocol().title(),
                            run.tuned().windows(),
                            run.tuned().window()));
        }
        return csv -> {
            for (List<?> line : lines) {
                csv.line(line);
            }
        };
    }

    private static Object known(double value) {
        return Double.isNaN(value) ? "" : value;
    }

    private void requireRuns() {
        if (getItems().isEmpty()) {
            throw new UserException(Messages.text("export.nothing"));
        }
    }
}

package io.agilelens.views.model;

import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.evaluate.WeightError;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.views.Badge;
import io.agilelens.views.CellPicks;
import io.agilelens.views.Comparison;
import io.agilelens.views.ComparisonSwitch;
import io.agilelens.views.FigureRow;
import io.agilelens.views.Figures;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.Pills;
import io.agilelens.views.PlaceLine;
import io.agilelens.views.Selection;
import io.agilelens.views.TabbedCards;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HistogramPane;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * One tensor of the checkpoint: its values as a map and as a histogram, as stored, under the recipe
 * and the error between the two, with the recipe's levels.
 */
final class WeightPane extends VBox {
    private final Workbench workbench;
    private final WeightViewModel viewModel;
    private final Label name = new Label();
    private final HBox badges = new HBox(4);
    private final PlaceLine place;
    private final FigureRow figures =
            new FigureRow(
                    "model.weight.figure",
                    List.of("sqnr", "error", "range", "mean", "kurtosis", "unusable"));
    private final Heatmap map = new Heatmap();
    private final CellPicks picks;
    private final ChartCard mapCard;
    private final HistogramPane histogram;
    private final ChartCard histogramCard;

    /** What the map shows. */
    private WeightMap shown;

    WeightPane(
            Workbench workbench,
            WorkbenchActions actions,
            WeightViewModel viewModel,
            Runnable onClose) {
        super(4);
        this.workbench = workbench;
        this.viewModel = viewModel;
        setId("weight");
        setMinWidth(0);
        name.setId("weight-name");
        name.getStyleClass().add("card-heading");
        name.setMinWidth(0);
        place = new PlaceLine(workbench, actions, "model");
        place.managedProperty().bind(place.visibleProperty());

        map.setId("weight-map");
        map.divergingProperty().set(true);
        picks =
                CellPicks.of(
                        map,
                        picked -> {
                            WeightViewModel.Cell now = cell();
                            viewModel.select(
                                    shown.output(picked.row(), now.output()),
                                    shown.input(picked.column(), now.input()));
                        });
        mapCard = new ChartCard(Messages.text("model.weight.map"), "", map);
        histogram =
                new HistogramPane(
                        Messages.text("model.weight.histogram"),
                        ChartPane.Axis.linear(Messages.text("model.weight.axis.value"), ""),
                        ChartPane.Axis.linear(Messages.text("model.weight.axis.count"), ""));
        histogram.setId("weight-histogram");
        histogram.logCountsProperty().set(true);
        histogramCard = new ChartCard(Messages.text("model.weight.histogram"), "", histogram);
        histogramCard.addTool(scopeSwitch());

        TabbedCards cards =
                new TabbedCards(
                        List.of(
                                TabbedCards.tab(
                                        "weight-tab-map",
                                        Messages.text("model.weight.tab.map"),
                                        mapCard)),
                        List.of(
                                TabbedCards.tab(
                                        "weight-tab-histogram",
                                        Messages.text("model.weight.tab.histogram"),
                                        histogramCard)));
        Theme.leastHeight(cards, 232);
        VBox.setVgrow(cards, Priority.ALWAYS);
        getChildren().addAll(header(onClose), place, figures, cards);

        var stale =
                Bindings.createBooleanBinding(
                        this::isStale,
                        viewModel.pictureProperty(),
                        viewModel.comparisonProperty(),
                        workbench.comparisonStaleProperty());
        map.staleProperty().bind(stale);
        histogram.staleProperty().bind(stale);
        viewModel.tensorProperty().subscribe(tensor -> tensor.ifPresent(this::show));
        viewModel
                .pictureProperty()
                .subscribe(picture -> picture.ifPresentOrElse(this::show, this::clear));
        viewModel.histogramProperty().subscribe(made -> made.ifPresent(this::show));
        viewModel.cellProperty().subscribe(this::showCell);
    }

    private HBox header(Runnable onClose) {
        ComparisonSwitch comparison = new ComparisonSwitch();
        comparison.setMinWidth(USE_PREF_SIZE);
        comparison.valueProperty().bindBidirectional(viewModel.comparisonProperty());
        Button close = new Button(null, new FontIcon(Feather.X));
        close.setId("weight-close");
        close.getStyleClass().addAll("flat", "icon-button");
        close.setAccessibleText(Messages.text("model.weight.close"));
        Help.on(close, Messages.text("model.weight.close"));
        close.setOnAction(_ -> onClose.run());
        badges.getStyleClass().add("card-tools");
        // A long name gives way: the table above has it in full.
        name.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
        name.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(name, Priority.ALWAYS);
        badges.setMinWidth(USE_PREF_SIZE);
        HBox header = new HBox(8, name, badges, comparison, close);
        header.getStyleClass().add("card-header");
        return header;
    }

    private HBox scopeSwitch() {
        WeightHistogram.Scope[] all = WeightHistogram.Scope.values();
        Pills<WeightHistogram.Scope> pills =
                new Pills<>(all, "model.weight.scope", viewModel.scopeProperty()::set)
                        .named("weight-scope-");
        viewModel.scopeProperty().subscribe(pills::select);
        HBox row = new HBox();
        row.getStyleClass().add("comparison-switch");
        row.getChildren().addAll(pills.buttons());
        return row;
    }

    private WeightViewModel.Cell cell() {
        return viewModel.cellProperty().get().orElse(new WeightViewModel.Cell(0, 0));
    }

    /** The stored values are never stale, what the recipe made of them is until it was fitted. */
    private boolean isStale() {
        Comparison wanted = viewModel.comparisonProperty().get();
        Optional<WeightPicture> picture = viewModel.pictureProperty().get();
        return picture.isPresent() && picture.get().comparison() != wanted
                || wanted != Comparison.BASELINE && workbench.comparisonStaleProperty().get();
    }

    private void show(Tensor tensor) {
        name.setTooltip(new Tooltip(tensor.name()));
        name.setText(
                Messages.text(
                        "model.weight.name",
                        tensor.name(),
                        ModelViewModel.shape(tensor),
                        tensor.storage()));
        place.setVisible(viewModel.place().isPresent());
        map.titleProperty().set(tensor.name());
        badges.getChildren().setAll(Badge.exact(Messages.text("model.weight.exact.help")));
        Badge.planted(workbench).ifPresent(badges.getChildren()::add);
    }

    private void clear() {
        shown = null;
        picks.show(Selection.NONE, Selection.NONE);
        map.emptyTextProperty().set(Messages.text("model.weight.reading"));
        histogram.emptyTextProperty().set(Messages.text("model.weight.reading"));
        map.dataProperty().set(null);
        histogram.setBins(List.of(), new double[0]);
        for (String key : List.of("sqnr", "error", "range", "mean", "kurtosis", "unusable")) {
            figures.set(key, Figures.NONE);
        }
    }

    private void show(WeightPicture picture) {
        WeightReading reading = picture.reading();
        showFigures(reading);
        Comparison comparison = picture.comparison();
        shown = picture.map().orElse(null);
        String state = state(reading, comparison);
        map.emptyTextProperty().set(Messages.text("model.weight.pending"));
        // A table of another shape drops a selection beyond it, which would look like a choice.
        picks.show(Selection.NONE, Selection.NONE);
        map.rangeProperty().set(picture.map().map(WeightMap::range).orElse(null));
        map.dataProperty().set(picture.map().map(WeightMap::table).orElse(null));
        showCell(viewModel.cellProperty().get());
        mapCard.setHeading(Messages.text("model.weight.map." + comparison));
        String sentence = Messages.text("model.weight.map.sentence." + state);
        int block = picture.map().map(made -> made.cells().block()).orElse(1);
        mapCard.setSentence(
                block == 1
                        ? sentence
                        : sentence
                                + " "
                                + Messages.text(
                                        "model.weight.map.blocks", Integer.toString(block)));
    }

    /** Which sentence the map has. */
    private static String state(WeightReading reading, Comparison comparison) {
        if (comparison == Comparison.BASELINE) {
            return comparison.name();
        }
        if (reading.tuned().isEmpty()) {
            return "PENDING";
        }
        if (!reading.isQuantized()) {
            return "UNQUANTIZED";
        }
        return comparison == Comparison.TUNED && reading.isFolded() ? "FOLDED" : comparison.name();
    }

    private void showFigures(WeightReading reading) {
        TensorStatistics baseline = reading.baseline();
        TensorStatistics after = reading.after().orElse(baseline);
        String none =
                Messages.text(
                        reading.tuned().isEmpty()
                                ? "model.weight.figure.pending"
                                : "model.weight.figure.float");
        figures.set(
                "sqnr",
                reading.error()
                        .map(WeightError::signalToNoise)
                        .map(ratio -> Figures.number(ratio, "dB"))
                        .orElse(none));
        figures.set(
                "error",
                reading.error().map(WeightError::largest).map(Figures::number).orElse(none));
        List<String> ends =
                Figures.alike(
                        baseline.minimum(), baseline.maximum(), after.minimum(), after.maximum());
        figures.set("range", ends.get(0) + " … " + ends.get(1), ends.get(2) + " … " + ends.get(3));
        figures.set(
                "mean",
                String.join(" ± ", Figures.alike(baseline.mean(), baseline.standardDeviation())));
        figures.set("kurtosis", baseline.kurtosis(), after.kurtosis(), "");
        figures.set(
                "unusable",
                Figures.count(baseline.notANumber()) + " · " + Figures.count(baseline.infinite()));
    }

    private void showCell(Optional<WeightViewModel.Cell> cell) {
        if (shown != null && cell.isPresent()) {
            picks.show(shown.row(cell.get().output()), shown.column(cell.get().input()));
        }
    }

    private void show(WeightHistogram made) {
        boolean whole = viewModel.scopeProperty().get() == WeightHistogram.Scope.TENSOR;
        histogram
                .emptyTextProperty()
                .set(
                        Messages.text(
                                made.note() == WeightHistogram.Note.PENDING
                                        ? "model.weight.pending"
                                        : "model.weight.noerror"));
        histogram.setBins(made.bins(), made.levels());
        WeightViewModel.Cell cell = cell();
        histogramCard.setHeading(
                whole || shown == null
                        ? Messages.text("model.weight.histogram.TENSOR")
                        : Messages.text(
                                "model.weight.histogram." + shown.rows().kind(),
                                Integer.toString(cell.output()),
                                inputs(made.inputs())));
        histogramCard.setSentence(
                Messages.text(
                        "model.weight.histogram.sentence." + made.note(),
                        Integer.toString(cell.output()),
                        inputs(made.inputs()),
                        Figures.number(made.step())));
    }

    /** {@code 64…95}, or how many where they are no run of neighbours. */
    private static String inputs(int[] group) {
        int first = group[0];
        int last = group[group.length - 1];
        return last - first + 1 == group.length
                ? first + "…" + last
                : Messages.text("model.weight.inputs", group.length);
    }
}

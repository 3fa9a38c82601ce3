package io.agilelens.views.compare;

import io.agilelens.views.Arrangement;
import io.agilelens.views.DividedPane;
import io.agilelens.views.EmptyState;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.StationPane;
import io.agilelens.views.Theme;
import io.agilelens.views.WorkButton;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.ScatterChartPane;
import io.agilelens.views.workbench.Measuring;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.function.Consumer;
import javafx.collections.ListChangeListener;
import javafx.collections.MapChangeListener;
import javafx.collections.ObservableMap;
import javafx.geometry.Orientation;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import org.kordamp.ikonli.feather.Feather;

/** The station Compare: pinned runs side by side, and which of them no other beats. */
public final class CompareView extends StackPane {
    /** What all columns take. */
    private static final double WIDE = 930;

    private static final double LARGER = 1.5;
    private static final double LEAST = 0.6;

    /** A line of the table, and all that stands around the lines, in pixels at usual type. */
    private static final double ROW = 39;

    /** The same where a recipe has little width, and so more lines. */
    private static final double NARROW_ROW = 54;

    private static final double AROUND_ROWS = 116;

    private final CompareViewModel model;
    private final ObservableMap<String, Double> dividers;
    private final RunTable table;
    private final ScatterChartPane scatter =
            new ScatterChartPane(
                    Messages.text("compare.scatter.title"),
                    ChartPane.Axis.logarithmic("", ""),
                    perplexityAxis());
    private final ComboBox<Cost> cost = new ComboBox<>();
    private final ChartCard tableCard;
    private final ChartCard scatterCard;
    private final StationPane station;
    private List<PinnedRun> shownRuns = List.of();
    private ChartPane.Axis shownAxis;
    private double row = ROW;
    private final EmptyState teaching;
    private final EmptyState withoutModel =
            new EmptyState(Feather.COLUMNS, Messages.text("compare.empty.model"));

    public CompareView(Workbench workbench, WorkbenchActions actions) {
        model = new CompareViewModel(workbench, actions);
        dividers = workbench.dividers();
        table = new RunTable(model);
        tableCard = ChartCard.of("compare.runs", table);
        scatterCard = new ChartCard(Messages.text("compare.scatter.title"), "", scatter);
        teaching =
                new EmptyState(
                        Feather.COLUMNS,
                        Messages.text("compare.empty"),
                        Messages.text("compare.pin"),
                        model::pin);
        WorkButton measure =
                new WorkButton(
                        workbench,
                        actions,
                        Measuring.RUNS,
                        Messages.text("compare.measure"),
                        model::measure);
        measure.button().setId("compare-measure");
        measure.button().getStyleClass().addAll("flat", "small", "export-button");
        Help.wrapped(measure.button(), Messages.text("compare.help.measure"));
        HBox tools =
                new HBox(
                        measure,
                        tool("use", model::use),
                        tool("rename", table::beginRename),
                        tool("remove", model::remove));
        tools.getStyleClass().add("export-bar");
        tableCard.addTool(tools);
        cost.setId("compare-cost");
        cost.getItems().setAll(Cost.values());
        cost.setValue(Cost.SIZE);
        cost.setConverter(Cost.names());
        cost.getStyleClass().add("card-choice");
        cost.setAccessibleText(Messages.text("compare.cost.name"));
        Help.wrapped(cost, Messages.text("compare.cost.help"));
        cost.valueProperty()
                .subscribe(
                        chosen -> {
                            scatter.emptyTextProperty().set(Messages.text("compare.cost.unknown"));
                            scatterCard.setHeading(
                                    Messages.text("compare.scatter.title." + chosen));
                        });
        cost.valueProperty().addListener(property -> showScatter());
        scatterCard.addTool(cost);
        station =
                new StationPane(
                        Messages.text("compare.title"),
                        new Arrangement(WIDE, this::narrow, this::wide),
                        new SearchBar(model, true));
        Label other = new Label(Messages.text("compare.search.empty"));
        other.getStyleClass().add("muted");
        other.setWrapText(true);
        teaching.getChildren().addAll(other, new SearchBar(model, false));
        withoutModel.waitFor(workbench);
        getChildren().setAll(withoutModel, teaching, station);

        scatter.setOnPick(
                pick -> {
                    PinnedRun run = shownRuns.get(pick.series());
                    table.getSelectionModel().select(run);
                    table.scrollTo(run);
                });
        table.getSelectionModel().selectedItemProperty().subscribe(this::showScatter);
        model.runs().addListener((ListChangeListener<PinnedRun>) change -> show());
        model.speeds().addListener((MapChangeListener<Object, Object>) change -> show());
        workbench.modelProperty().subscribe(this::show);
        model.searchProperty().subscribe(this::show);
        show();
    }

    private Button tool(String key, Consumer<PinnedRun> action) {
        Button button = new Button(Messages.text("compare." + key));
        button.setId("compare-" + key);
        button.getStyleClass().addAll("flat", "small", "export-button");
        button.setTooltip(new Tooltip(Messages.text("compare.help." + key)));
        button.disableProperty()
                .bind(
                        table.getSelectionModel()
                                .selectedItemProperty()
                                .map(run -> false)
                                .orElse(true));
        button.setOnAction(event -> action.accept(table.getSelectionModel().getSelectedItem()));
        return button;
    }

    private Region narrow() {
        row = NARROW_ROW;
        table.setNarrow(true);
        return stacked();
    }

    private Region wide() {
        row = ROW;
        table.setNarrow(false);
        return stacked();
    }

    private Region stacked() {
        for (ChartCard card : List.of(tableCard, scatterCard)) {
            card.keepHeight(200);
            card.setPrefHeight(260);
        }
        return new DividedPane(
                "compare.runs",
                dividers,
                Orientation.HORIZONTAL,
                this::rows,
                tableCard,
                scatterCard);
    }

    /** Room for all runs, but no more than the picture has. */
    private double rows(double room) {
        double needed =
                Theme.magnificationProperty().get() * (AROUND_ROWS + row * model.runs().size());
        return Math.min(needed, room / 2);
    }

    private void show() {
        boolean any = !model.runs().isEmpty();
        boolean searching = model.searchProperty().getValue().isPresent();
        station.setVisible(any || searching);
        scatterCard.setVisible(any);
        teaching.setVisible(!any && !searching && model.canPin());
        withoutModel.setVisible(!any && !model.canPin());
        table.refresh();
        showScatter();
    }

    private void showScatter() {
        Cost chosen = cost.getValue();
        ChartPane.Axis axis = chosen.axis(model);
        if (!axis.equals(shownAxis)) {
            shownAxis = axis;
            scatter.setAxes(axis, perplexityAxis());
        }
        shownRuns =
                model.comparable().stream()
                        .filter(run -> !Double.isNaN(chosen.of(run, model)))
                        .toList();
        PinnedRun selected = table.getSelectionModel().getSelectedItem();
        double largest = shownRuns.stream().mapToDouble(PinnedRun::weightBytes).max().orElse(1);
        List<ScatterChartPane.Point> points =
                shownRuns.stream()
                        .map(run -> point(run, chosen, largest, run.equals(selected)))
                        .toList();
        List<ScatterChartPane.Point> frontier =
                Frontier.of(shownRuns, run -> chosen.of(run, model)).stream()
                        .map(run -> point(run, chosen, largest, false))
                        .toList();
        scatter.setPoints(points, frontier);
        scatterCard.setSentence(Messages.text("compare.scatter.sentence." + chosen));
    }

    /** Against latency the size of a point is that of the weights. */
    private ScatterChartPane.Point point(
            PinnedRun run, Cost chosen, double largest, boolean selected) {
        double area =
                chosen == Cost.SIZE
                        ? 1
                        : Math.max(LEAST, Math.sqrt(run.weightBytes() / largest) * 2);
        return new ScatterChartPane.Point(
                run.name(),
                run.recipe().isFloat() ? Ink.BASELINE : Ink.TUNED,
                chosen.of(run, model),
                Frontier.quality(run),
                selected ? area * LARGER : area,
                run.searched() ? ScatterChartPane.Mark.DIAMOND : ScatterChartPane.Mark.CIRCLE);
    }

    private static ChartPane.Axis perplexityAxis() {
        return ChartPane.Axis.linear(Messages.text("compare.scatter.y"), "");
    }
}

package io.agilelens.views.kernels;

import io.agilelens.views.EmptyState;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.NumberColumns;
import io.agilelens.views.StationPane;
import io.agilelens.views.TableMenu;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.ScatterChartPane;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.controlsfx.control.SegmentedButton;
import org.kordamp.ikonli.feather.Feather;

/**
 * The Kernels station: how fast this machine multiplies in each arithmetic, and how fast it could.
 */
public final class KernelsView extends StackPane {
    private final KernelsViewModel viewModel;
    private final WorkbenchActions actions;
    private final BarChartPane latency =
            new BarChartPane(
                    Messages.text("kernels.latency"),
                    Messages.text("kernels.shape"),
                    ChartPane.Axis.linear(Messages.text("kernels.latency.axis"), "µs"));
    private final ScatterChartPane roofline =
            new ScatterChartPane(
                    Messages.text("kernels.roofline"),
                    ChartPane.Axis.logarithmic(Messages.text("kernels.intensity"), "FLOP/B"),
                    ChartPane.Axis.logarithmic(Messages.text("kernels.throughput"), "GFLOP/s"));
    private final TableView<KernelsViewModel.Row> table = new TableView<>();
    private final Label conditions = new Label();
    private final ToggleGroup widths = new ToggleGroup();

    public KernelsView(Workbench workbench, WorkbenchActions actions) {
        this.viewModel = new KernelsViewModel(workbench);
        this.actions = actions;
        setId("kernels");
        conditions.getStyleClass().addAll("small", "muted");
        conditions.setWrapText(true);
        conditions.setMinHeight(USE_PREF_SIZE);
        buildTable();
        GridPane charts = new GridPane(16, 8);
        ChartCard bars =
                new ChartCard(
                        Messages.text("kernels.latency"),
                        Messages.text("kernels.latency.sentence"),
                        latency);
        ChartCard roof =
                new ChartCard(
                        Messages.text("kernels.roofline"),
                        Messages.text("kernels.roofline.sentence"),
                        roofline);
        charts.addRow(0, bars, roof);
        for (Node card : charts.getChildren()) {
            GridPane.setHgrow(card, Priority.ALWAYS);
            GridPane.setVgrow(card, Priority.ALWAYS);
        }
        var half = new javafx.scene.layout.ColumnConstraints();
        half.setPercentWidth(50);
        charts.getColumnConstraints().addAll(half, half);
        VBox.setVgrow(charts, Priority.ALWAYS);
        table.setPrefHeight(220);
        TableMenu.on(table);
        table.setMinHeight(120);
        VBox content = new VBox(8, conditions, charts, table);
        Node station =
                new StationPane(
                        Messages.text("kernels.title"),
                        content,
                        phaseSwitch(),
                        widthSwitch(),
                        measureButton());
        Node empty =
                new EmptyState(
                        Feather.CPU,
                        Messages.text("kernels.empty", viewModel.reason()),
                        Messages.text("kernels.measure"),
                        this::measure);
        getChildren().addAll(empty, station);
        workbench
                .kernelsProperty()
                .subscribe(
                        report -> {
                            empty.setVisible(report.isEmpty());
                            station.setVisible(report.isPresent());
                        });
        viewModel.pictureProperty().subscribe(this::show);
    }

    private void show(KernelsViewModel.Picture picture) {
        latency.setBars(picture.shapes(), picture.bars());
        roofline.setPoints(picture.points(), picture.roof());
        table.getItems().setAll(picture.rows());
        conditions.setText(viewModel.conditions());
    }

    private SegmentedButton phaseSwitch() {
        ToggleButton prefill = new ToggleButton(Messages.text("kernels.prefill"));
        ToggleButton decode = new ToggleButton(Messages.text("kernels.decode"));
        prefill.setTooltip(new Tooltip(Messages.text("kernels.prefill.help")));
        decode.setTooltip(new Tooltip(Messages.text("kernels.decode.help")));
        decode.setId("kernels-decode");
        prefill.setSelected(true);
        prefill.setOnAction(
                _ -> {
                    viewModel.decodeProperty().set(false);
                    prefill.setSelected(true);
                });
        decode.setOnAction(
                _ -> {
                    viewModel.decodeProperty().set(true);
                    decode.setSelected(true);
                });
        SegmentedButton phase = new SegmentedButton(prefill, decode);
        phase.getStyleClass().add("choice-switch");
        return phase;
    }

    private SegmentedButton widthSwitch() {
        SegmentedButton buttons = new SegmentedButton();
        buttons.getStyleClass().add("choice-switch");
        buttons.setToggleGroup(widths);
        for (int bits : viewModel.widths()) {
            ToggleButton button =
                    new ToggleButton(
                            bits == 0 ? Messages.text("kernels.scalar") : Integer.toString(bits));
            button.setUserData(bits);
            button.setId("kernels-" + bits);
            button.setTooltip(new Tooltip(Messages.text("kernels.width.help")));
            button.setSelected(bits == viewModel.currentWidth());
            button.setOnAction(
                    _ -> {
                        button.setSelected(true);
                        measure();
                    });
            buttons.getButtons().add(button);
        }
        return buttons;
    }

    private Button measureButton() {
        Button button = new Button(Messages.text("kernels.measure"));
        button.setId("kernels-measure");
        button.setTooltip(new Tooltip(viewModel.reason()));
        button.setOnAction(_ -> measure());
        return button;
    }

    private void measure() {
        if (widths.getSelectedToggle() != null) {
            actions.measureKernels((int) widths.getSelectedToggle().getUserData());
        }
    }

    private void buildTable() {
        table.setId("kernel-table");
        table.getStyleClass().addAll("dense", "small");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        NumberColumns<KernelsViewModel.Row> columns = new NumberColumns<>(table);
        columns.add(Messages.text("kernels.column.name"), 90, row -> row.timing().name(), null);
        columns.add(Messages.text("kernels.column.shape"), 130, KernelsViewModel.Row::shape, null);
        columns.add(
                Messages.text("kernels.column.median"),
                80,
                row -> row.timing().medianMicroseconds(),
                us -> Figures.number(us, "µs"));
        columns.add(
                Messages.text("kernels.column.spread"),
                80,
                row -> row.timing().spreadMicroseconds(),
                us -> "± " + Figures.number(us / 2, "µs"));
        columns.add(
                Messages.text("kernels.column.speed"),
                90,
                row -> row.timing().gigaMacsPerSecond(),
                Figures::number);
        columns.add(
                Messages.text("kernels.column.ratio"),
                80,
                KernelsViewModel.Row::toFloat,
                Figures::times);
    }
}

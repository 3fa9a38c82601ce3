package io.agilelens.views.kernels;

import io.agilelens.views.Arrangement;
import io.agilelens.views.ChartPair;
import io.agilelens.views.Figures;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.NumberColumns;
import io.agilelens.views.TableCard;
import io.agilelens.views.WorkButton;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.ScatterChartPane;
import io.agilelens.views.workbench.Measuring;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.controlsfx.control.SegmentedButton;

/** Products at the model's own shapes: latencies with their spread, and a roofline. */
final class ProductsPane extends StackPane {
    private static final double ROOMY = 720;

    private final KernelsViewModel model;
    private final WorkbenchActions actions;
    private final SpeedCard latency =
            new SpeedCard(
                    "kernels.latency",
                    ChartPane.Axis.linear(Messages.text("kernels.shape"), ""),
                    ChartPane.Axis.linear(Messages.text("kernels.latency.axis"), "µs"));
    private final ScatterChartPane roofline =
            new ScatterChartPane(
                    Messages.text("kernels.roofline.heading"),
                    ChartPane.Axis.logarithmic(Messages.text("kernels.intensity"), "FLOP/B"),
                    ChartPane.Axis.logarithmic(Messages.text("kernels.throughput"), "GFLOP/s"));
    private final TableView<KernelsViewModel.Row> table = new TableView<>();
    private final ToggleGroup widths = new ToggleGroup();
    private final MeasuredPane pane;
    private TableColumn<KernelsViewModel.Row, SpeedRatio> change;
    private final List<TableColumn<?, ?>> roomy = new ArrayList<>();
    private final List<TableColumn<?, ?>> replaced = new ArrayList<>();
    private boolean comparing;

    ProductsPane(Workbench workbench, KernelsViewModel model, WorkbenchActions actions) {
        this.model = model;
        this.actions = actions;
        latency.chart().setId("kernels-latency");
        roofline.setId("kernels-roofline");
        buildTable();
        Arrangement charts =
                ChartPair.of(
                        "kernels", latency.card(), 0.5, ChartCard.of("kernels.roofline", roofline));
        VBox.setVgrow(charts, Priority.ALWAYS);
        table.setPrefHeight(200);
        table.setMinHeight(100);
        VBox content =
                new VBox(8, charts, new TableCard(Messages.text("kernels.tab.products"), table));
        content.setMinSize(0, 0);
        pane =
                new MeasuredPane(
                        "kernels",
                        model.reason(),
                        verb ->
                                new WorkButton(
                                        workbench, actions, Measuring.KERNELS, verb, this::measure),
                        content,
                        widthSwitch(),
                        new ReferenceBar(
                                "kernels", model.references(), model::keep, actions::setAgainst));
        getChildren().add(pane);
        model.pictureProperty().subscribe(this::show);
    }

    private void show(KernelsViewModel.Picture picture) {
        comparing = !picture.changes().isEmpty();
        if (comparing) {
            latency.show(
                    picture.shapes(), picture.changes(), model.references().chosenProperty().get());
        } else {
            latency.show(picture.shapes(), picture.bars());
        }
        roofline.setPoints(picture.points(), picture.roof());
        table.getItems().setAll(picture.rows());
        showColumns();
        pane.show(!picture.rows().isEmpty(), model.conditions(), model.origin());
    }

    private SegmentedButton widthSwitch() {
        SegmentedButton buttons = new SegmentedButton();
        buttons.getStyleClass().add("choice-switch");
        buttons.setMinWidth(USE_PREF_SIZE);
        buttons.setToggleGroup(widths);
        for (int bits : model.widths()) {
            ToggleButton button = new ToggleButton(KernelsViewModel.width(bits));
            button.setUserData(bits);
            button.setId("kernels-" + bits);
            Help.wrapped(
                    button,
                    bits == model.currentWidth()
                            ? Messages.text("kernels.width.help.current", model.reason())
                            : Messages.text("kernels.width.help"));
            button.setSelected(bits == model.currentWidth());
            button.setOnAction(
                    _ -> {
                        button.setSelected(true);
                        if (!model.showWidth(bits)) {
                            measure();
                        }
                    });
            buttons.getButtons().add(button);
        }
        return buttons;
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
        columns.add(Messages.text("kernels.column.shape"), 150, KernelsViewModel.Row::shape, null)
                .setMinWidth(100);
        columns.add(
                Messages.text("kernels.column.median"),
                80,
                row -> row.timing().medianMicroseconds(),
                us -> Figures.fourDigits(us) + " µs");
        columns.add(
                Messages.text("kernels.column.spread"),
                80,
                row -> row.timing().spreadMicroseconds(),
                us -> "± " + Figures.error(us / 2) + " µs");
        replaced.add(
                columns.add(
                        Messages.text("kernels.column.speed"),
                        80,
                        row -> row.timing().gigaMacsPerSecond(),
                        Figures::fourDigits));
        replaced.add(
                columns.add(
                        Messages.text("kernels.column.ratio"),
                        70,
                        row -> row.timing().ratioToFp32(),
                        Figures::times));
        change =
                columns.add(
                        Messages.text("kernels.column.change"),
                        130,
                        KernelsViewModel.Row::change,
                        SpeedRatio::text);
        roomy.add(
                columns.add(
                        Messages.text("kernels.column.peak"),
                        80,
                        row -> row.timing().shareOfPeak(),
                        Figures::percent));
        roomy.add(
                columns.add(
                        Messages.text("kernels.column.bandwidth"),
                        90,
                        row -> row.timing().shareOfBandwidth(),
                        Figures::percent));
        roomy.add(
                columns.add(
                        Messages.text("kernels.column.bound"),
                        80,
                        row ->
                                Messages.text(
                                        row.timing().isBoundByMemory()
                                                ? "kernels.bound.memory"
                                                : "kernels.bound.arithmetic"),
                        null));
        table.widthProperty().subscribe(_ -> showColumns());
    }

    /** A narrow table leaves out what the chart shows, or what a comparison tells better. */
    private void showColumns() {
        boolean room = table.getWidth() >= ROOMY;
        roomy.forEach(each -> each.setVisible(room));
        replaced.forEach(each -> each.setVisible(room || !comparing));
        change.setVisible(comparing);
    }
}

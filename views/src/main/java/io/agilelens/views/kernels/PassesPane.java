package io.agilelens.views.kernels;

import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.views.Arrangement;
import io.agilelens.views.Badge;
import io.agilelens.views.ChartPair;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.NumberColumns;
import io.agilelens.views.TableCard;
import io.agilelens.views.WorkButton;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.workbench.Measuring;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/**
 * Tokens a second of the whole model in each arithmetic, and what its operators take of the time.
 */
final class PassesPane extends StackPane {
    private static final double ROOMY = 720;
    private static final double SPEED = 84;
    private static final double OTHER = 66;
    private static final Function<Double, String> PLUS = half -> "± " + Figures.error(half);

    private final PassesViewModel model;
    private final SpeedCard speed =
            new SpeedCard(
                    "kernels.passes.speed",
                    ChartPane.Axis.linear("", ""),
                    ChartPane.Axis.linear(
                            Messages.text("kernels.passes.speed.heading"),
                            Messages.text("kernels.passes.unit")));
    private final BarChartPane shares =
            new BarChartPane(
                    Messages.text("kernels.passes.shares.heading"),
                    Messages.text("kernels.passes.operator"),
                    ChartPane.Axis.linear(Messages.text("kernels.passes.share"), "%"));
    private final TableView<PassesViewModel.Row> table = new TableView<>();
    private final MeasuredPane pane;
    private final List<TableColumn<PassesViewModel.Row, SpeedRatio>> changes = new ArrayList<>();
    private final List<TableColumn<?, ?>> replaced = new ArrayList<>();
    private boolean comparing;

    PassesPane(Workbench workbench, KernelsViewModel kernels, WorkbenchActions actions) {
        model = new PassesViewModel(workbench, kernels.decodeProperty());
        speed.chart().setId("passes-speed");
        shares.setId("passes-shares");
        buildTable();
        Arrangement charts =
                ChartPair.of(
                        "passes",
                        speed.card(),
                        0.38,
                        ChartCard.of("kernels.passes.shares", shares));
        VBox.setVgrow(charts, Priority.ALWAYS);
        table.setPrefHeight(200);
        table.setMinHeight(100);
        VBox content =
                new VBox(8, charts, new TableCard(Messages.text("kernels.tab.passes"), table));
        content.setMinSize(0, 0);
        pane =
                new MeasuredPane(
                        "kernels.passes",
                        kernels.reason(),
                        verb ->
                                new WorkButton(
                                        workbench,
                                        actions,
                                        Measuring.PASSES,
                                        verb,
                                        actions::measurePasses),
                        content,
                        new ReferenceBar(
                                "passes", model.references(), model::keep, actions::setAgainst));
        getChildren().add(pane);
        model.pictureProperty().subscribe(this::show);
    }

    private void show(PassesViewModel.Picture picture) {
        comparing = !picture.changes().isEmpty();
        if (comparing) {
            speed.show(
                    picture.phases(), picture.changes(), model.references().chosenProperty().get());
        } else {
            speed.show(picture.phases(), picture.speed());
        }
        shares.setBars(picture.operators(), picture.shares());
        table.getItems().setAll(picture.rows());
        showColumns();
        pane.show(
                !picture.rows().isEmpty(),
                picture.conditions(),
                model.origin(),
                Badge.of(Badge.Kind.EXECUTED));
    }

    /** A narrow table leaves out what a comparison tells better. */
    private void showColumns() {
        boolean room = table.getWidth() >= ROOMY;
        changes.forEach(each -> each.setVisible(comparing));
        replaced.forEach(each -> each.setVisible(room || !comparing));
    }

    private void buildTable() {
        table.setId("passes-table");
        table.getStyleClass().addAll("dense", "small");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        NumberColumns<PassesViewModel.Row> columns = new NumberColumns<>(table);
        columns.add(Messages.text("kernels.column.name"), 100, PassesViewModel.Row::name, null);
        phase(
                columns.under(Messages.text("kernels.prefill")),
                PassesViewModel.Row::prefill,
                PassesViewModel.Row::prefillToFloat,
                PassesViewModel.Row::prefillChange);
        phase(
                columns.under(Messages.text("kernels.decode")),
                PassesViewModel.Row::decode,
                PassesViewModel.Row::decodeToFloat,
                PassesViewModel.Row::decodeChange);
        table.widthProperty().subscribe(_ -> showColumns());
    }

    /** How fast a phase is, and set against the float model or another measurement. */
    private void phase(
            NumberColumns<PassesViewModel.Row> columns,
            Function<PassesViewModel.Row, Quartiles> speed,
            Function<PassesViewModel.Row, Double> toFloat,
            Function<PassesViewModel.Row, SpeedRatio> change) {
        number(columns, "speed", SPEED, row -> speed.apply(row).median(), Figures::fourDigits);
        replaced.add(number(columns, "spread", OTHER, row -> speed.apply(row).spread() / 2, PLUS));
        replaced.add(number(columns, "ratio", OTHER, toFloat, Figures::times));
        changes.add(
                columns.add(Messages.text("kernels.column.change"), 130, change, SpeedRatio::text));
    }

    private static TableColumn<?, ?> number(
            NumberColumns<PassesViewModel.Row> columns,
            String key,
            double width,
            Function<PassesViewModel.Row, Double> read,
            Function<Double, String> format) {
        return columns.add(Messages.text("kernels.passes.column." + key), width, read, format);
    }
}

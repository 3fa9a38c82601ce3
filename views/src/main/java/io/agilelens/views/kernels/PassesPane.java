package io.agilelens.views.kernels;

import io.agilelens.views.Badge;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.NumberColumns;
import io.agilelens.views.TableMenu;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.function.Function;
import javafx.scene.Node;
import javafx.scene.control.TableView;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/**
 * Tokens a second of the whole model in each arithmetic, and what its operators take of the time.
 */
final class PassesPane extends StackPane {
    private final BarChartPane speed =
            new BarChartPane(
                    Messages.text("kernels.passes.speed"),
                    "",
                    ChartPane.Axis.linear(
                            Messages.text("kernels.passes.speed"),
                            Messages.text("kernels.passes.unit")));
    private final BarChartPane shares =
            new BarChartPane(
                    Messages.text("kernels.passes.shares"),
                    Messages.text("kernels.passes.operator"),
                    ChartPane.Axis.linear(Messages.text("kernels.passes.share"), "%"));
    private final TableView<PassesViewModel.Row> table = new TableView<>();
    private final MeasuredPane pane;

    PassesPane(Workbench workbench, KernelsViewModel kernels, WorkbenchActions actions) {
        PassesViewModel model = new PassesViewModel(workbench, kernels.decodeProperty());
        speed.setId("passes-speed");
        shares.setId("passes-shares");
        buildTable();
        GridPane charts = new GridPane(16, 8);
        charts.addRow(0, card("speed", speed), card("shares", shares));
        for (Node card : charts.getChildren()) {
            GridPane.setHgrow(card, Priority.ALWAYS);
            GridPane.setVgrow(card, Priority.ALWAYS);
        }
        charts.getColumnConstraints().addAll(share(38), share(62));
        VBox.setVgrow(charts, Priority.ALWAYS);
        TableMenu.on(table);
        table.setPrefHeight(220);
        table.setMinHeight(120);
        VBox content = new VBox(8, charts, table);
        content.setMinSize(0, 0);
        pane =
                new MeasuredPane(
                        "kernels.passes",
                        kernels.reason(),
                        actions::measurePasses,
                        content,
                        Badge.of(Badge.Kind.EXECUTED));
        getChildren().add(pane);
        model.pictureProperty().subscribe(this::show);
    }

    private static ColumnConstraints share(double percent) {
        ColumnConstraints constraints = new ColumnConstraints();
        constraints.setPercentWidth(percent);
        return constraints;
    }

    private static ChartCard card(String key, ChartPane chart) {
        return new ChartCard(
                Messages.text("kernels.passes." + key),
                Messages.text("kernels.passes." + key + ".sentence"),
                chart);
    }

    private void show(PassesViewModel.Picture picture) {
        speed.setBars(picture.phases(), picture.speed());
        shares.setBars(picture.operators(), picture.shares());
        table.getItems().setAll(picture.rows());
        pane.show(!picture.rows().isEmpty(), picture.conditions());
    }

    private void buildTable() {
        table.setId("passes-table");
        table.getStyleClass().addAll("dense", "small");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        NumberColumns<PassesViewModel.Row> columns = new NumberColumns<>(table);
        columns.add(Messages.text("kernels.column.name"), 160, PassesViewModel.Row::name, null);
        number(columns, "prefill", row -> row.prefill().median(), Figures::number);
        number(columns, "spread", row -> row.prefill().spread() / 2, PassesPane::spread);
        number(columns, "ratio", PassesViewModel.Row::prefillToFloat, Figures::times);
        number(columns, "decode", row -> row.decode().median(), Figures::number);
        number(columns, "spread", row -> row.decode().spread() / 2, PassesPane::spread);
        number(columns, "ratio", PassesViewModel.Row::decodeToFloat, Figures::times);
    }

    private static void number(
            NumberColumns<PassesViewModel.Row> columns,
            String key,
            Function<PassesViewModel.Row, Double> read,
            Function<Double, String> format) {
        columns.add(Messages.text("kernels.passes.column." + key), 90, read, format);
    }

    private static String spread(double half) {
        return "± " + Figures.number(half);
    }
}

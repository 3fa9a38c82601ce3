package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.PruningCurve;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.NumberColumns;
import io.agilelens.views.TableCard;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import javafx.scene.control.Button;
import javafx.scene.control.TableView;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** Perplexity over sparsity, with the best point marked and ready to be used. */
final class CurvePane extends StackPane {
    private static final double TABLE = 190;

    private final StudiesViewModel model;
    private final LineChartPane curve =
            new LineChartPane(
                    Messages.text("study.curve"),
                    ChartPane.Axis.linear(Messages.text("study.curve.x"), "%"),
                    ChartPane.Axis.logarithmic(Messages.text("quality.running.y"), ""));
    private final ChartCard card = new ChartCard(Messages.text("study.curve"), "", curve);
    private final TableView<PruningCurve.Point> table = new TableView<>();
    private final Button use = new Button();
    private final StudyPane pane;

    CurvePane(StudiesViewModel model, WorkbenchActions actions) {
        this.model = model;
        buildTable();
        use.setId("use-beta");
        use.getStyleClass().addAll("small", "accent");
        card.addTool(use);
        card.keepHeight(200);
        VBox.setVgrow(card, Priority.ALWAYS);
        pane =
                new StudyPane(
                        QualityStudy.CURVE,
                        model,
                        actions,
                        new VBox(
                                8,
                                card,
                                new TableCard(Messages.text("study.curve.points"), table)));
        getChildren().add(pane);
    }

    private void buildTable() {
        table.setId("curve-table");
        table.getStyleClass().addAll("dense", "small");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        table.setPrefHeight(TABLE);
        table.setMinHeight(110);
        NumberColumns<PruningCurve.Point> columns = new NumberColumns<>(table);
        columns.add(
                Messages.text("study.column.beta"), 60, PruningCurve.Point::beta, Figures::number);
        columns.add(
                Messages.text("study.column.gamma"),
                70,
                PruningCurve.Point::gamma,
                Figures::number);
        columns.add(
                Messages.text("study.column.sparsity"),
                80,
                point -> 100 * point.sparsity(),
                value -> Figures.number(value, "%"));
        columns.add(
                Messages.text("study.column.added"),
                100,
                point -> point.result().keptChange(),
                value -> Figures.signed(value));
        columns.add(
                Messages.text("study.column.all"),
                90,
                PruningCurve.Point::allPerplexity,
                Figures::number);
        columns.add(
                Messages.text("study.column.kept"),
                90,
                PruningCurve.Point::keptPerplexity,
                Figures::number);
        columns.add(
                Messages.text("study.column.coverage"),
                80,
                point -> 100 * point.result().coverage(),
                value -> Figures.number(value, "%"));
    }

    void show() {
        Optional<Study<PruningCurve>> study = model.studies().curve();
        boolean stale = model.isCurveStale();
        curve.staleProperty().set(stale);
        pane.show(study, study.map(found -> model.conditions(found, stale)).orElse(""));
        study.map(Study::result).ifPresent(this::show);
    }

    private void show(PruningCurve found) {
        List<PruningCurve.Point> points = found.points();
        curve.setLines(
                List.of(
                        line("all", Ink.TUNED, points, PruningCurve.Point::allPerplexity),
                        line("kept", Ink.SERIES_3, points, PruningCurve.Point::keptPerplexity),
                        line(
                                "floatKept",
                                Ink.BASELINE,
                                points,
                                PruningCurve.Point::floatKeptPerplexity)));
        PruningCurve.Point best = found.bestPoint();
        String beta = Figures.number(best.beta());
        PruningCurve.Point overAll = points.get(found.bestOverAll().index());
        curve.setMarkers(
                List.of(
                        new ChartPane.Marker(
                                true,
                                100 * best.sparsity(),
                                Messages.text("study.curve.best", beta),
                                Ink.MUTED)));
        card.setSentence(
                Messages.text(
                        "study.curve.sentence." + found.best().rule(),
                        beta,
                        layers(found),
                        Figures.number(overAll.beta())));
        use.setText(Messages.text("study.curve.use", beta));
        use.setOnAction(_ -> model.use(found, best));
        table.getItems().setAll(points);
        table.getSelectionModel().select(found.best().index());
    }

    private static String layers(PruningCurve found) {
        return String.join(
                ", ", found.recipe().pruning().layers().stream().map(String::valueOf).toList());
    }

    private static LineChartPane.Line line(
            String key,
            Ink ink,
            List<PruningCurve.Point> points,
            ToDoubleFunction<PruningCurve.Point> value) {
        return LineChartPane.Line.of(
                Messages.text("study.curve." + key),
                ink,
                points.stream().mapToDouble(point -> 100 * point.sparsity()).toArray(),
                points.stream().mapToDouble(value).toArray());
    }
}

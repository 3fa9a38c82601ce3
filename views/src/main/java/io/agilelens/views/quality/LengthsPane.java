package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.LengthAblation;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javafx.scene.layout.StackPane;

/** Perplexity of the same tokens, read in windows of several lengths. */
final class LengthsPane extends StackPane {
    private static final double REACH = 1.96;

    private final StudiesViewModel model;
    private final BarChartPane chart =
            new BarChartPane(
                    Messages.text("study.lengths"),
                    Messages.text("study.lengths.group"),
                    ChartPane.Axis.logarithmic(Messages.text("quality.running.y"), ""));
    private final ChartCard card = new ChartCard(Messages.text("study.lengths"), "", chart);
    private final StudyPane pane;

    LengthsPane(StudiesViewModel model, WorkbenchActions actions) {
        this.model = model;
        pane = new StudyPane(QualityStudy.LENGTHS, model, actions, card);
        getChildren().add(pane);
    }

    void show() {
        Optional<Study<LengthAblation>> study = model.studies().lengths();
        boolean stale = model.isStale(study);
        chart.staleProperty().set(stale);
        pane.show(study, study.map(found -> model.conditions(found, stale)).orElse(""));
        study.map(Study::result).ifPresent(this::show);
    }

    private void show(LengthAblation found) {
        List<LengthAblation.Row> rows = found.rows();
        boolean prunes = rows.stream().anyMatch(row -> row.pruned().isPresent());
        List<BarChartPane.Bars> bars = new ArrayList<>();
        bars.add(bars("float", Ink.BASELINE, rows, LengthAblation.Row::floats));
        bars.add(bars("tuned", Ink.TUNED, rows, LengthAblation.Row::tuned));
        if (prunes) {
            bars.add(bars("kept", Ink.SERIES_3, rows, row -> row.prunedKept().orElseThrow()));
            bars.add(bars("pruned", Ink.SERIES_5, rows, row -> row.pruned().orElseThrow()));
        }
        chart.setBars(rows.stream().map(row -> Integer.toString(row.length())).toList(), bars);
        card.setSentence(
                Messages.text(
                        prunes ? "study.lengths.sentence.pruned" : "study.lengths.sentence",
                        Long.toString(found.predictions())));
    }

    private static BarChartPane.Bars bars(
            String key,
            Ink ink,
            List<LengthAblation.Row> rows,
            Function<LengthAblation.Row, LengthAblation.Loss> loss) {
        List<LengthAblation.Loss> losses = rows.stream().map(loss).toList();
        return new BarChartPane.Bars(
                Messages.text("study.lengths." + key),
                ink,
                losses.stream().mapToDouble(LengthAblation.Loss::perplexity).toArray(),
                losses.stream()
                        .mapToDouble(each -> Math.exp(each.nll() - REACH * each.standardError()))
                        .toArray(),
                losses.stream()
                        .mapToDouble(each -> Math.exp(each.nll() + REACH * each.standardError()))
                        .toArray(),
                false);
    }
}

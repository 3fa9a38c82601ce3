package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.Optional;
import javafx.scene.layout.StackPane;

/** The error budget: what each component of the recipe costs. */
final class BudgetPane extends StackPane {
    private final StudiesViewModel model;
    private final ContributionCharts charts = new ContributionCharts("study.BUDGET");
    private final StudyPane pane;

    BudgetPane(StudiesViewModel model, WorkbenchActions actions) {
        this.model = model;
        pane = new StudyPane(QualityStudy.BUDGET, model, actions, charts.region());
        getChildren().add(pane);
    }

    void show() {
        Optional<Study<ErrorBudget>> study = model.studies().budget();
        boolean stale = model.isStale(study);
        charts.setStale(stale);
        pane.show(study, study.map(found -> model.conditions(found, stale)).orElse(""));
        study.map(Study::result).ifPresent(this::show);
    }

    private void show(ErrorBudget budget) {
        List<ErrorBudget.Share> shares = budget.shares();
        charts.show(
                shares.stream()
                        .map(share -> Messages.text("study.component." + share.component()))
                        .toList(),
                shares.stream().map(ErrorBudget.Share::alone).toList(),
                shares.stream().map(ErrorBudget.Share::without).toList(),
                budget.whole(),
                Messages.text(
                        "study.BUDGET.loss.sentence",
                        Figures.signed(budget.whole().change()),
                        Figures.signed(budget.interaction())));
    }
}

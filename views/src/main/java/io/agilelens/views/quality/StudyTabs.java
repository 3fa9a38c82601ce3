package io.agilelens.views.quality;

import io.agilelens.views.Messages;
import io.agilelens.views.TabbedCards;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.scene.Node;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.layout.StackPane;

/** The verdict and the studies behind it, one in sight at a time. */
final class StudyTabs extends StackPane {
    private final Workbench workbench;
    private final StudiesViewModel model;
    private final WorkbenchActions actions;
    private final TabPane tabs = TabbedCards.stack();
    private final Tab verdict;
    private final Map<QualityStudy, Runnable> refreshes = new EnumMap<>(QualityStudy.class);

    /**
     * @param verdict the first tab's pictures
     */
    StudyTabs(Workbench workbench, WorkbenchActions actions, Node verdict) {
        this.workbench = workbench;
        this.model = new StudiesViewModel(workbench, actions);
        this.actions = actions;
        this.verdict =
                TabbedCards.tab("tab-verdict", Messages.text("quality.tab.verdict"), verdict);
        tabs.setId("quality-tabs");
        tabs.getTabs().add(this.verdict);
        for (QualityStudy study : QualityStudy.values()) {
            tabs.getTabs()
                    .add(
                            TabbedCards.tab(
                                    "tab-" + study.name().toLowerCase(Locale.ROOT),
                                    Messages.text("quality.tab." + study),
                                    () -> content(study)));
        }
        getChildren().add(tabs);
        setMinSize(0, 0);
        workbench.studiesProperty().subscribe(this::refresh);
        workbench.history().recipeProperty().subscribe(this::refresh);
    }

    private void refresh() {
        refreshes.values().forEach(Runnable::run);
    }

    private Node content(QualityStudy study) {
        return switch (study) {
            case BUDGET -> {
                BudgetPane pane = new BudgetPane(model, actions);
                yield refreshed(study, pane, pane::show);
            }
            case LAYERS -> {
                LayersPane pane = new LayersPane(workbench, model, actions);
                yield refreshed(study, pane, pane::show);
            }
            case DIVERGENCE -> {
                DivergencePane pane = new DivergencePane(workbench, model, actions);
                yield refreshed(study, pane, pane::show);
            }
            case CURVE -> {
                CurvePane pane = new CurvePane(model, actions);
                yield refreshed(study, pane, pane::show);
            }
            case LENGTHS -> {
                LengthsPane pane = new LengthsPane(model, actions);
                yield refreshed(study, pane, pane::show);
            }
        };
    }

    private Node refreshed(QualityStudy study, Node pane, Runnable refresh) {
        refreshes.put(study, refresh);
        refresh.run();
        return pane;
    }

    /** Whether the verdict, not a study, is in sight. */
    BooleanBinding verdictShownProperty() {
        return Bindings.equal(tabs.getSelectionModel().selectedItemProperty(), verdict);
    }
}

package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.LayerSensitivity;
import io.agilelens.views.Messages;
import io.agilelens.views.PlaceLine;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.Optional;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** Layer sensitivity: what each layer costs by itself. A click selects the layer everywhere. */
final class LayersPane extends StackPane {
    private final StudiesViewModel model;
    private final ContributionCharts charts = new ContributionCharts("study.LAYERS");
    private final StudyPane pane;

    LayersPane(Workbench workbench, StudiesViewModel model, WorkbenchActions actions) {
        this.model = model;
        VBox content = new VBox(8, charts.region(), new PlaceLine(workbench, actions, "quality"));
        content.setMinSize(0, 0);
        VBox.setVgrow(charts.region(), Priority.ALWAYS);
        pane = new StudyPane(QualityStudy.LAYERS, model, actions, content);
        charts.setOnPick(model::selectLayer);
        getChildren().add(pane);
    }

    void show() {
        Optional<Study<LayerSensitivity>> study = model.studies().layers();
        boolean stale = model.isStale(study);
        charts.setStale(stale);
        pane.show(study, study.map(found -> model.conditions(found, stale)).orElse(""));
        study.map(Study::result).ifPresent(this::show);
    }

    private void show(LayerSensitivity sensitivity) {
        List<LayerSensitivity.Part> layers = sensitivity.parts();
        charts.show(
                layers.stream().map(part -> Integer.toString(part.layer())).toList(),
                layers.stream().map(LayerSensitivity.Part::alone).toList(),
                layers.stream().map(LayerSensitivity.Part::without).toList(),
                sensitivity.whole(),
                Messages.text("study.LAYERS.loss.sentence"));
    }
}

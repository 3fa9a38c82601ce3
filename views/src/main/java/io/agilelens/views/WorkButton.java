package io.agilelens.views;

import io.agilelens.views.workbench.Work;
import io.agilelens.views.workbench.WorkStatus;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.Optional;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.MapChangeListener;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.HBox;

/** Starts work; while it runs or waits, shows how far it is and stops it. */
public final class WorkButton extends HBox {
    private static final double BAR = 56;

    private final WorkbenchActions actions;
    private final Work work;
    private final String verb;
    private final Runnable start;
    private final Button button = new Button();
    private final ProgressBar progress = new ProgressBar();
    private final ReadOnlyBooleanWrapper running =
            new ReadOnlyBooleanWrapper(this, "running", false);
    private final ReadOnlyStringWrapper step = new ReadOnlyStringWrapper(this, "step", "");

    /**
     * @param verb what the button does while the work does not run
     * @param start has the work begun
     */
    public WorkButton(
            Workbench workbench, WorkbenchActions actions, Work work, String verb, Runnable start) {
        super(8);
        this.actions = actions;
        this.work = work;
        this.verb = verb;
        this.start = start;
        setAlignment(Pos.CENTER);
        button.setMinWidth(USE_PREF_SIZE);
        progress.setMinWidth(USE_PREF_SIZE);
        progress.prefWidthProperty().bind(Theme.magnificationProperty().multiply(BAR));
        progress.managedProperty().bind(progress.visibleProperty());
        progress.setAccessibleText(verb);
        // It stops what it started also when the model is gone.
        workbench.modelProperty().subscribe(model -> show(workbench));
        workbench
                .underWay()
                .addListener(
                        (MapChangeListener<Work, WorkStatus>)
                                change -> {
                                    if (change.getKey() == work) {
                                        show(workbench);
                                    }
                                });
        getChildren().addAll(progress, button);
    }

    /** The button itself, to be named, styled and explained. */
    public Button button() {
        return button;
    }

    /** Whether the work runs or waits for its turn. */
    ReadOnlyBooleanProperty runningProperty() {
        return running.getReadOnlyProperty();
    }

    /** What is done of the work, as in {@link ProgressBar#progressProperty}. */
    DoubleProperty progressProperty() {
        return progress.progressProperty();
    }

    /** What is being done while the work runs, else empty. */
    ReadOnlyStringProperty stepProperty() {
        return step.getReadOnlyProperty();
    }

    private void show(Workbench workbench) {
        Optional<WorkStatus> status = Optional.ofNullable(workbench.underWay().get(work));
        button.setText(status.isPresent() ? Messages.text("status.cancel") : verb);
        button.setOnAction(status.isPresent() ? _ -> actions.stop(work) : _ -> start.run());
        button.setDisable(status.isEmpty() && workbench.modelProperty().get().isEmpty());
        progress.setVisible(status.isPresent());
        running.set(status.isPresent());
        progress.setProgress(status.map(WorkStatus::share).orElse(0.0));
        step.set(status.map(WorkStatus::step).orElse(""));
    }
}

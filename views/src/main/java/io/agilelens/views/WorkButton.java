package io.agilelens.views;

import io.agilelens.views.workbench.Work;
import io.agilelens.views.workbench.WorkStatus;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.MapChangeListener;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.StackPane;

/**
 * Starts work; while it runs or waits, shows how far it is and stops it. It keeps its size, so that
 * nothing beside it moves.
 */
public final class WorkButton extends StackPane {
    /** From the button's edges to the line that shows how far the work is. */
    private static final Insets EDGE = new Insets(0, 3, 2, 3);

    private final WorkbenchActions actions;
    private final Work work;
    private final String verb;
    private final Runnable start;
    private final Button button = new Button();
    private final ProgressBar progress = new ProgressBar();

    /** Takes the room of the words that the button does not have now. */
    private final Button other = new Button();

    private final ReadOnlyBooleanWrapper running =
            new ReadOnlyBooleanWrapper(this, "running", false);
    private final ReadOnlyStringWrapper step = new ReadOnlyStringWrapper(this, "step", "");

    /**
     * @param verb what the button does while the work does not run
     * @param start has the work begun
     */
    public WorkButton(
            Workbench workbench, WorkbenchActions actions, Work work, String verb, Runnable start) {
        this.actions = actions;
        this.work = work;
        this.verb = verb;
        this.start = start;
        setMinWidth(USE_PREF_SIZE);
        setMaxSize(USE_PREF_SIZE, USE_PREF_SIZE);
        button.setMaxWidth(Double.MAX_VALUE);
        progress.getStyleClass().add("work-progress");
        // As wide as the button, which alone says how wide that is.
        progress.setMinWidth(0);
        progress.setPrefWidth(0);
        progress.setMaxWidth(Double.MAX_VALUE);
        progress.setMouseTransparent(true);
        progress.setAccessibleText(verb);
        StackPane.setAlignment(progress, Pos.BOTTOM_CENTER);
        StackPane.setMargin(progress, EDGE);
        other.setVisible(false);
        other.setMinWidth(USE_PREF_SIZE);
        Bindings.bindContent(other.getStyleClass(), button.getStyleClass());
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
        getChildren().addAll(other, button, progress);
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
        String cancel = Messages.text("status.cancel");
        button.setText(status.isPresent() ? cancel : verb);
        other.setText(status.isPresent() ? verb : cancel);
        button.setOnAction(status.isPresent() ? _ -> actions.stop(work) : _ -> start.run());
        button.setDisable(status.isEmpty() && workbench.modelProperty().get().isEmpty());
        progress.setVisible(status.isPresent());
        running.set(status.isPresent());
        progress.setProgress(status.map(WorkStatus::share).orElse(0.0));
        step.set(status.map(WorkStatus::step).orElse(""));
    }
}

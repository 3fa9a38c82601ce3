package io.agilelens.views;

import io.agilelens.views.workbench.ModelOpening;
import io.agilelens.views.workbench.WorkStatus;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;

/** Stands where pictures will be and teaches the next step. */
public final class EmptyState extends VBox {
    private static final double BAR = 240;

    private final Label label = new Label();
    private final Label step = new Label();
    private final ProgressBar progress = new ProgressBar();
    private Optional<Button> action = Optional.empty();

    /**
     * @param text what is missing and what to do, in one sentence
     */
    public EmptyState(Ikon icon, String text) {
        getStyleClass().add("empty-state");
        label.setText(text);
        label.setWrapText(true);
        label.getStyleClass().add("muted");
        step.getStyleClass().addAll("small", "muted");
        progress.prefWidthProperty().bind(Theme.magnificationProperty().multiply(BAR));
        progress.setVisible(false);
        progress.managedProperty().bind(progress.visibleProperty());
        step.managedProperty().bind(step.textProperty().isNotEmpty());
        getChildren().addAll(new FontIcon(icon), label, progress, step);
    }

    /**
     * @param verb what the button does
     */
    public EmptyState(Ikon icon, String text, String verb, Runnable effect) {
        this(icon, text);
        Button button = new Button(verb);
        button.setOnAction(event -> effect.run());
        add(button);
        button.getStyleClass().add("accent");
    }

    /**
     * @param work what is done to have something here; how far it is stands below
     */
    public EmptyState(Ikon icon, String text, WorkButton work) {
        this(icon, text);
        add(work.button());
        progress.visibleProperty().bind(work.runningProperty());
        progress.progressProperty().bind(work.progressProperty());
        step.textProperty().bind(work.stepProperty());
        work.runningProperty()
                .subscribe(
                        running -> {
                            work.button().getStyleClass().remove("accent");
                            if (!running) {
                                work.button().getStyleClass().add("accent");
                            }
                        });
    }

    private void add(Button button) {
        Help.wrapped(button, label.getText());
        button.setMaxWidth(USE_PREF_SIZE);
        button.managedProperty().bind(button.visibleProperty());
        getChildren().add(button);
        action = Optional.of(button);
    }

    /** Says that it will not be long where a model is open already or is being opened. */
    public void waitFor(Workbench workbench) {
        String without = label.getText();
        Runnable show = () -> show(workbench, without);
        workbench.modelProperty().subscribe(show);
        workbench.openingProperty().subscribe(show);
        show.run();
    }

    private void show(Workbench workbench, String without) {
        Optional<ModelOpening> opening = workbench.openingProperty().get();
        boolean open = workbench.modelProperty().get().isPresent();
        boolean waits = opening.isPresent() && !open;
        label.setText(
                open
                        ? Messages.text("empty.evaluating")
                        : opening.map(ModelOpening::reference)
                                .map(reference -> Messages.text("empty.opening", reference))
                                .orElse(without));
        action.ifPresent(button -> button.setVisible(!waits));
        progress.setVisible(waits);
        WorkStatus status = opening.map(ModelOpening::status).orElse(WorkStatus.BEGINNING);
        progress.setProgress(status.share());
        step.setText(waits ? status.step() : "");
    }
}

package io.agilelens.views.quality;

import io.agilelens.views.Badge;
import io.agilelens.views.EmptyState;
import io.agilelens.views.Messages;
import io.agilelens.views.WorkButton;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.Locale;
import java.util.Optional;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;

/**
 * What every study looks like: a button until it was run, then what it is over, how it came about,
 * and its pictures, with a way to run it again.
 */
final class StudyPane extends StackPane {
    private final StudiesViewModel model;
    private final HBox badges = new HBox(4);
    private final Label conditions = new Label();
    private final VBox shown;
    private final EmptyState empty;

    /**
     * @param content the pictures
     */
    StudyPane(
            QualityStudy study, StudiesViewModel model, WorkbenchActions actions, Region content) {
        this.model = model;
        String key = "study." + study;
        setId("study-" + study.name().toLowerCase(Locale.ROOT));
        conditions.getStyleClass().addAll("small", "muted");
        conditions.setWrapText(true);
        conditions.setMinWidth(0);
        conditions.setMinHeight(USE_PREF_SIZE);
        HBox.setHgrow(conditions, Priority.ALWAYS);
        conditions.setMaxWidth(Double.MAX_VALUE);
        badges.setAlignment(Pos.CENTER_RIGHT);
        badges.setMinWidth(USE_PREF_SIZE);
        WorkButton again = button(Messages.text("study.again"), study, actions);
        again.button().getStyleClass().add("small");
        HBox header = new HBox(8, conditions, badges, again);
        header.setAlignment(Pos.CENTER_LEFT);
        VBox.setVgrow(content, Priority.ALWAYS);
        shown = new VBox(8, header, content);
        shown.setMinSize(0, 0);
        empty =
                new EmptyState(
                        Feather.ACTIVITY,
                        Messages.text(key + ".empty"),
                        button(Messages.text(key + ".run"), study, actions));
        getStyleClass().add("study-pane");
        setMinSize(0, 0);
        getChildren().addAll(empty, shown);
        show(Optional.empty(), "");
    }

    private WorkButton button(String verb, QualityStudy study, WorkbenchActions actions) {
        return new WorkButton(model.workbench(), actions, study, verb, () -> actions.study(study));
    }

    /**
     * Shows that there is a study, or that there is none.
     *
     * @param words what it is over and how it was scored
     */
    void show(Optional<? extends Study<?>> study, String words) {
        shown.setVisible(study.isPresent());
        empty.setVisible(study.isEmpty());
        conditions.setText(words);
        badges.getChildren().setAll(Badge.of(Badge.Kind.EXACT), Badge.of(Badge.Kind.SIMULATED));
        model.planting().map(Badge::planted).ifPresent(badges.getChildren()::add);
    }
}

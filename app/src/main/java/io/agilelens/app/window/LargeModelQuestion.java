package io.agilelens.app.window;

import io.agilelens.app.live.LargeModel;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.workbench.OpenedModel;
import java.util.Optional;
import javafx.scene.control.Alert;
import javafx.scene.control.ButtonBar;
import javafx.scene.control.ButtonType;
import javafx.scene.layout.Region;
import javafx.stage.Window;

/** Asks before a model is opened that does not fit in memory: what it needs, and what it costs. */
final class LargeModelQuestion {
    private static final double WIDTH = 560;

    private LargeModelQuestion() {}

    /**
     * Returns at once; the answer comes when the person gives one.
     *
     * @param present the model that stays open meanwhile
     * @param open to be done if the person wants it so
     */
    static void ask(Window owner, LargeModel model, Optional<OpenedModel> present, Runnable open) {
        ButtonType opening = new ButtonType(Messages.text("large.open"), ButtonBar.ButtonData.YES);
        Alert alert = new Alert(Alert.AlertType.CONFIRMATION);
        alert.initOwner(owner);
        alert.setTitle(Messages.text("window.product"));
        alert.setHeaderText(Messages.text("large.title", model.name()));
        alert.setContentText(text(model, present));
        alert.setGraphic(null);
        alert.getButtonTypes().setAll(opening, ButtonType.CANCEL);
        alert.getDialogPane().setId("large-model");
        alert.getDialogPane().setMinHeight(Region.USE_PREF_SIZE);
        alert.getDialogPane().setPrefWidth(WIDTH);
        alert.getDialogPane().getStylesheets().add(Theme.sceneStylesheet());
        alert.getDialogPane().lookupButton(opening).setId("large-open");
        alert.getDialogPane().lookupButton(ButtonType.CANCEL).setId("large-cancel");
        alert.resultProperty()
                .subscribe(
                        answer -> {
                            if (answer == opening) {
                                open.run();
                            }
                        });
        alert.show();
    }

    /** What it needs, how it would be placed, and what would mend it. */
    static String text(LargeModel model, Optional<OpenedModel> present) {
        String needs =
                Messages.text(
                        "large.needs",
                        Figures.bytes(model.whole()),
                        Figures.bytes(model.free()),
                        Figures.bytes(model.maximum()));
        String placed =
                model.layersInMemory() == 0
                        ? Messages.text("large.placed.none", Figures.bytes(model.placed()))
                        : Messages.text(
                                "large.placed.some",
                                model.layersInMemory(),
                                model.layers(),
                                Figures.bytes(model.placed()));
        Optional<String> alone =
                present.filter(open -> model.whole() <= model.free() + open.memory().weights())
                        .map(open -> Messages.text("large.alone", open.title()));
        String mend =
                alone.orElseGet(
                        () -> Messages.text("large.mend", Long.toString(model.wantedMebibytes())));
        return needs + " " + placed + "\n\n" + mend;
    }
}

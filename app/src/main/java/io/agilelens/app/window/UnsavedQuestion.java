package io.agilelens.app.window;

import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import javafx.scene.control.Alert;
import javafx.scene.control.ButtonBar;
import javafx.scene.control.ButtonType;
import javafx.scene.layout.Region;
import javafx.stage.Window;

/** Asks what becomes of a session that is not saved. */
final class UnsavedQuestion {
    private UnsavedQuestion() {}

    /**
     * Returns at once; the answer comes when the person gives one.
     *
     * @param name of the session
     * @param save to be done if it is wanted
     * @param drop to be done if it is not
     */
    static void ask(Window owner, String name, Runnable save, Runnable drop) {
        ButtonType saving = new ButtonType(Messages.text("unsaved.save"), ButtonBar.ButtonData.YES);
        ButtonType dropping =
                new ButtonType(Messages.text("unsaved.drop"), ButtonBar.ButtonData.NO);
        Alert alert = new Alert(Alert.AlertType.CONFIRMATION);
        alert.initOwner(owner);
        alert.setTitle(Messages.text("window.product"));
        alert.setHeaderText(Messages.text("unsaved.title", name));
        alert.setContentText(Messages.text("unsaved.text"));
        alert.setGraphic(null);
        alert.getButtonTypes().setAll(saving, dropping, ButtonType.CANCEL);
        alert.getDialogPane().setMinHeight(Region.USE_PREF_SIZE);
        alert.getDialogPane().getStylesheets().add(Theme.sceneStylesheet());
        alert.getDialogPane().lookupButton(saving).setId("unsaved-save");
        alert.getDialogPane().lookupButton(dropping).setId("unsaved-drop");
        alert.resultProperty()
                .subscribe(
                        answer -> {
                            if (answer == saving) {
                                save.run();
                            } else if (answer == dropping) {
                                drop.run();
                            }
                        });
        alert.show();
    }
}

package io.agilelens.app.window;

import io.agilelens.engine.UserException;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.io.PrintWriter;
import java.io.StringWriter;
import javafx.scene.control.Alert;
import javafx.scene.control.ButtonType;
import javafx.scene.control.TextArea;
import javafx.scene.layout.Region;
import javafx.stage.Window;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** What the window says unasked where something did not go well. */
public final class Dialogs {
    private Dialogs() {}

    /** What is wrong, where, and the way out. Details of the machine are folded away. */
    public static void showError(Window owner, Throwable failure) {
        errorAlert(owner, failure).show();
    }

    static Alert errorAlert(Window owner, Throwable failure) {
        boolean exhausted = failure instanceof OutOfMemoryError;
        boolean mendable = failure instanceof UserException || exhausted;
        Alert alert = new Alert(Alert.AlertType.ERROR);
        alert.initOwner(owner);
        alert.setTitle(Messages.text("error.title"));
        alert.setHeaderText(Messages.text(mendable ? "error.mendable" : "error.unexpected"));
        alert.setContentText(
                exhausted
                        ? Messages.text(
                                "error.memory", Figures.bytes(Runtime.getRuntime().maxMemory()))
                        : failure.getMessage() == null ? failure.toString() : failure.getMessage());
        FontIcon icon = new FontIcon(Feather.ALERT_TRIANGLE);
        icon.getStyleClass().add("error-icon");
        alert.setGraphic(icon);
        alert.getButtonTypes().setAll(ButtonType.CLOSE);
        alert.getDialogPane().setMinHeight(Region.USE_PREF_SIZE);
        alert.getDialogPane().setPrefWidth(520);
        alert.getDialogPane().getStylesheets().add(Theme.sceneStylesheet());
        if (!mendable || failure.getCause() != null) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            TextArea details = new TextArea(trace.toString());
            details.setEditable(false);
            details.getStyleClass().add("small");
            alert.getDialogPane().setExpandableContent(details);
        }
        return alert;
    }
}

package io.agilelens.app.window;

import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Path;
import java.util.Optional;
import javafx.stage.Stage;

/** What the window is called: the session's file, whether it is saved, and the model. */
final class WindowTitle {
    private WindowTitle() {}

    static void keep(Stage stage, Workbench workbench, SessionKeeper keeper) {
        Runnable show = () -> stage.setTitle(text(workbench, keeper));
        workbench.modelProperty().subscribe(_ -> show.run());
        keeper.fileProperty().subscribe(_ -> show.run());
        keeper.unsavedProperty().subscribe(_ -> show.run());
    }

    private static String text(Workbench workbench, SessionKeeper keeper) {
        Optional<OpenedModel> model = workbench.modelProperty().get();
        if (model.isEmpty()) {
            return Messages.text("window.product");
        }
        String title =
                Messages.text(
                        model.get().planting().isPresent()
                                ? "window.title.planted"
                                : "window.title",
                        model.get().title());
        Optional<Path> file = keeper.fileProperty().get();
        String named =
                file.isPresent()
                        ? Messages.text("window.title.session", file.get().getFileName(), title)
                        : title;
        return keeper.unsavedProperty().get()
                ? Messages.text("window.title.unsaved", named)
                : named;
    }
}

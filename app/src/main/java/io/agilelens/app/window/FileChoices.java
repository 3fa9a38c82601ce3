package io.agilelens.app.window;

import io.agilelens.engine.format.TextFormat;
import io.agilelens.views.FileDialogs;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.WorkbenchActions;
import java.nio.file.Path;
import java.util.regex.Pattern;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Stage;

/** Asks a person for models and texts, and opens them. */
final class FileChoices {
    private static final Pattern FOLDER_PIECES =
            Pattern.compile("config\\.json|model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?");

    private final WorkbenchActions actions;
    private final Stage stage;

    FileChoices(WorkbenchActions actions, Stage stage) {
        this.actions = actions;
        this.stage = stage;
    }

    void openFolder() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle(Messages.text("action.open.folder"));
        FileDialogs.folder(chooser, stage).ifPresent(chosen -> actions.open(chosen.toString()));
    }

    void openFile() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle(Messages.text("action.open.file"));
        chooser.getExtensionFilters()
                .addAll(
                        new FileChooser.ExtensionFilter(
                                Messages.text("menu.open.file.kinds"),
                                "*.gguf",
                                "*.bin",
                                "*.safetensors",
                                "*.safetensors.index.json"),
                        new FileChooser.ExtensionFilter(
                                Messages.text("menu.open.file.any"), "*.*"));
        FileDialogs.open(chooser, stage)
                .ifPresent(chosen -> actions.open(modelOf(chosen).toString()));
    }

    void openText(String title, TextFormat format) {
        FileChooser chooser = new FileChooser();
        chooser.setTitle(title);
        FileDialogs.open(chooser, stage).ifPresent(chosen -> actions.useText(chosen, format));
    }

    /** The model that a file is a piece of: its folder, unless the file is a model by itself. */
    static Path modelOf(Path file) {
        Path name = file.getFileName();
        return name != null && FOLDER_PIECES.matcher(name.toString()).matches()
                ? file.toAbsolutePath().getParent()
                : file;
    }
}

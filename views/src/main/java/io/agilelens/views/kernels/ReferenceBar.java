package io.agilelens.views.kernels;

import io.agilelens.views.FileDialogs;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.layout.HBox;
import javafx.stage.FileChooser;
import javafx.util.StringConverter;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** Chooses what a measurement is set against, and keeps the present one for later. */
final class ReferenceBar extends HBox {
    private static final double WIDTH = 156;

    private final ComboBox<Reference> choice = new ComboBox<>();
    private final References references;
    private Supplier<Optional<Path>> chooser = this::askForFile;

    /**
     * @param key what identifiers begin with
     * @param keep keeps what is shown
     * @param read reads a saved measurement
     */
    ReferenceBar(String key, References references, Runnable keep, Consumer<Path> read) {
        super(4);
        this.references = references;
        getStyleClass().add("card-tools");
        choice.setId(key + "-against");
        choice.setAccessibleText(Messages.text("kernels.against"));
        Help.wrapped(choice, Messages.text("kernels.against.help"));
        choice.getStyleClass().add("card-choice");
        choice.setPrefWidth(WIDTH);
        choice.setMinWidth(USE_PREF_SIZE);
        choice.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(Reference reference) {
                        return reference == null ? "" : reference.title();
                    }

                    @Override
                    public Reference fromString(String text) {
                        throw new UnsupportedOperationException("references are chosen, not typed");
                    }
                });
        references.offered().subscribe(this::show);
        references.chosenProperty().subscribe(this::show);
        choice.setOnAction(
                _ -> {
                    // The list is being replaced.
                    if (choice.getValue() != null) {
                        references.chosenProperty().set(choice.getValue());
                    }
                });
        Button kept = new Button(Messages.text("kernels.keep"));
        kept.setId(key + "-keep");
        kept.getStyleClass().add("small");
        kept.setMinWidth(USE_PREF_SIZE);
        Help.wrapped(kept, Messages.text("kernels.keep.help"));
        kept.setOnAction(_ -> keep.run());
        Button file = new Button(null, new FontIcon(Feather.FOLDER));
        file.setId(key + "-read");
        file.getStyleClass().addAll("flat", "icon-button");
        file.setMinWidth(USE_PREF_SIZE);
        file.setAccessibleText(Messages.text("kernels.read"));
        Help.wrapped(file, Messages.text("kernels.read.help"));
        file.setOnAction(_ -> chooser.get().ifPresent(read));
        getChildren().addAll(choice, file, kept);
        show();
    }

    /** Where the file is; a dialog unless told otherwise. Nothing means that the person gave up. */
    void setChooser(Supplier<Optional<Path>> chooser) {
        this.chooser = chooser;
    }

    private Optional<Path> askForFile() {
        FileChooser dialog = new FileChooser();
        dialog.setTitle(Messages.text("kernels.read"));
        dialog.getExtensionFilters()
                .addAll(
                        new FileChooser.ExtensionFilter(
                                Messages.text("kernels.read.kinds"), "*.json"),
                        new FileChooser.ExtensionFilter(
                                Messages.text("menu.open.file.any"), "*.*"));
        return FileDialogs.open(dialog, getScene().getWindow());
    }

    private void show() {
        if (!choice.getItems().equals(references.offered())) {
            choice.getItems().setAll(references.offered());
        }
        choice.setValue(references.chosenProperty().get());
    }
}

package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.FileDialogs;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import javafx.scene.control.Button;
import javafx.scene.layout.HBox;
import javafx.stage.FileChooser;

/** The buttons {@code PNG SVG CSV} that stand beside every picture. */
public final class ExportBar extends HBox {
    private Function<Export.Format, Optional<Path>> chooser;

    /**
     * @param picture what is exported
     */
    public ExportBar(Exportable picture) {
        getStyleClass().add("export-bar");
        chooser = format -> askForFile(picture, format);
        for (Export.Format format : Export.Format.values()) {
            Button button = new Button(format.name());
            button.getStyleClass().addAll("flat", "small", "export-button");
            button.setId("export-" + format.name().toLowerCase(java.util.Locale.ROOT));
            Help.on(button, Messages.text("export." + format.name()));
            button.setOnAction(event -> export(picture, format));
            getChildren().add(button);
        }
    }

    /** Where files go; a dialog unless told otherwise. Nothing means that the person gave up. */
    public void setChooser(Function<Export.Format, Optional<Path>> chooser) {
        this.chooser = chooser;
    }

    private void export(Exportable picture, Export.Format format) {
        chooser.apply(format).ifPresent(file -> write(picture, format, file));
    }

    /** Asks for a file and saves a picture there. */
    static void save(Exportable picture, Export.Format format) {
        askForFile(picture, format).ifPresent(file -> write(picture, format, file));
    }

    private static void write(Exportable picture, Export.Format format, Path file) {
        try {
            PictureWriter.write(Export.take(picture, format), file);
        } catch (UserException nothingToShow) {
            Notices.failed(nothingToShow);
        }
    }

    private static Optional<Path> askForFile(Exportable picture, Export.Format format) {
        FileChooser dialog = new FileChooser();
        dialog.setTitle(Messages.text("export.title", format.name()));
        dialog.setInitialFileName(safeName(picture.fileName()) + format.ending());
        dialog.getExtensionFilters()
                .add(new FileChooser.ExtensionFilter(format.name(), "*" + format.ending()));
        return FileDialogs.save(dialog, picture.node().getScene().getWindow());
    }

    /** The name with everything but letters, digits and dashes replaced by dashes. */
    public static String safeName(String name) {
        return name.strip().replaceAll("[^\\p{L}\\p{N}]+", "-").replaceAll("^-|-$", "");
    }
}

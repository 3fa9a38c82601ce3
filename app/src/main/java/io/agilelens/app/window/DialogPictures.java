package io.agilelens.app.window;

import static io.agilelens.app.window.HeadlessToolkit.await;
import static io.agilelens.app.window.HeadlessToolkit.onFx;

import io.agilelens.engine.UserException;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportReport;
import io.agilelens.views.Theme;
import io.agilelens.views.export.ExportDialog;
import io.agilelens.views.export.ExportReportDialog;
import io.agilelens.views.plant.PlantDialog;
import io.agilelens.views.workbench.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javafx.scene.control.Button;
import javafx.scene.control.Dialog;
import javafx.stage.Stage;

/** The dialogs that export a model and plant outliers in it, in both themes. */
final class DialogPictures {
    private final Path folder;
    private final WorkbenchWindow window;
    private final Stage stage;
    private final CompletableFuture<Throwable> failure;

    /**
     * @param folder receives {@code NAME-THEME.png}
     * @param stage the window's
     * @param failure completed when the window fails
     */
    DialogPictures(
            Path folder,
            WorkbenchWindow window,
            Stage stage,
            CompletableFuture<Throwable> failure) {
        this.folder = folder;
        this.window = window;
        this.stage = stage;
        this.failure = failure;
    }

    /** The dialog that exports the tuned model, and what it says afterwards. */
    List<Path> exported() throws IOException, InterruptedException {
        Path place = Files.createTempDirectory("agilelens-export");
        CompletableFuture<ExportReport> written = new CompletableFuture<>();
        try {
            List<Path> files = new ArrayList<>();
            ExportDialog dialog =
                    onFx(
                            () -> {
                                var shown =
                                        new ExportDialog(
                                                stage,
                                                window.opened(),
                                                window.workbench().history().recipe(),
                                                Path.of("models"),
                                                _ -> {});
                                shown.choose(new ExportFormat.Gguf(Optional.empty()));
                                shown.show();
                                return shown;
                            });
            files.addAll(pictures(dialog, "export"));
            onFx(
                    () -> {
                        dialog.close();
                        window.controller()
                                .export(
                                        new ExportFormat.Gguf(Optional.empty()),
                                        place.resolve("tuned.gguf"),
                                        false,
                                        written::complete);
                        return null;
                    });
            await(written::isDone, failure);
            ExportReportDialog report =
                    onFx(
                            () -> {
                                var shown = new ExportReportDialog(stage, written.join());
                                shown.show();
                                return shown;
                            });
            files.addAll(pictures(report, "export-report"));
            onFx(
                    () -> {
                        report.close();
                        return null;
                    });
            return files;
        } finally {
            Files.deleteIfExists(place.resolve("tuned.gguf"));
            Files.deleteIfExists(place);
        }
    }

    /** A dialog in both themes. */
    private List<Path> pictures(Dialog<?> dialog, String name)
            throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        for (Theme.Mode theme : ScreenshotTour.THEMES) {
            Path file = folder.resolve("%s-%s.png".formatted(name, ScreenshotTour.name(theme)));
            onFx(
                    () -> {
                        Theme.apply(theme);
                        return null;
                    });
            Screenshots.take(dialog.getDialogPane().getScene(), file);
            files.add(file);
        }
        return files;
    }

    /** The dialog that plants outliers, which then plants some if the model can have them. */
    List<Path> planted() throws IOException, InterruptedException {
        PlantDialog dialog =
                onFx(
                        () -> {
                            var shown =
                                    new PlantDialog(
                                            stage, window.opened(), window.controller()::plant);
                            shown.show();
                            return shown;
                        });
        List<Path> files = pictures(dialog, "plant");
        onFx(
                () -> {
                    ((Button) dialog.getDialogPane().lookup("#plant-do")).fire();
                    return null;
                });
        Workbench workbench = window.workbench();
        try {
            await(() -> window.opened().planting().isPresent() && workbench.isComplete(), failure);
        } catch (UserException refused) {
            // Not every model can have outliers planted; the dialog's pictures are there.
        }
        return files;
    }
}

package io.agilelens.app.window;

import static io.agilelens.app.window.HeadlessToolkit.await;
import static io.agilelens.app.window.HeadlessToolkit.onFx;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Background;
import io.agilelens.views.Theme;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.Workbench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.scene.control.Button;
import javafx.scene.control.TabPane;
import javafx.scene.control.TableView;
import javafx.scene.control.ToggleButton;
import javafx.stage.Stage;

/**
 * Visits every station of the window without a display and writes a picture of each: the pictures
 * of the documentation, made from real numbers.
 */
public final class ScreenshotTour {
    static final List<Theme.Mode> THEMES = List.of(Theme.Mode.LIGHT, Theme.Mode.DARK);

    /** A dialog wants so much room, however small the pictures are. */
    private static final int SMALLEST_SCREEN = 1000;

    /** Width and height of the window's content in pixels of the desktop. */
    public record Size(int width, int height) {}

    private final Path folder;
    private final List<Size> sizes;
    private final int scale;

    /**
     * @param folder receives {@code STATION-THEME-WIDTHxHEIGHT.png}
     * @param sizes at least one
     * @param scale pixels of a picture for each pixel of the desktop, such as 2 for a screen at 200
     *     %
     */
    public ScreenshotTour(Path folder, List<Size> sizes, int scale) {
        this.folder = folder;
        this.sizes = List.copyOf(sizes);
        this.scale = scale;
    }

    /**
     * Opens the model, pins a run of each preset, measures the kernels and takes the pictures.
     * Starts the toolkit, so it can run once in a process.
     *
     * @return the files written
     * @throws UserException if the model cannot be opened
     */
    public List<Path> run(String model, Progress progress)
            throws IOException, InterruptedException {
        int width = SMALLEST_SCREEN;
        int height = SMALLEST_SCREEN;
        for (Size size : sizes) {
            width = Math.max(width, size.width());
            height = Math.max(height, size.height());
        }
        HeadlessToolkit.start(new HeadlessScreens.Extent(0, 0, width, height, scale));
        try {
            return tour(model, progress);
        } finally {
            Platform.exit();
        }
    }

    private List<Path> tour(String model, Progress progress)
            throws IOException, InterruptedException {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Stage stage = onFx(Stage::new);
        WorkbenchWindow window = onFx(() -> WorkbenchWindow.open(stage, model, failure::complete));
        try {
            Workbench workbench = window.workbench();
            await(() -> workbench.isComplete(), failure);
            pinPresets(window, failure);
            measure(window, failure);
            List<Path> files = new ArrayList<>(pictures(window, stage, progress));
            files.addAll(weight(window, stage));
            files.addAll(kernels(window, stage));
            DialogPictures dialogs = new DialogPictures(folder, window, stage, failure);
            files.addAll(dialogs.exported());
            files.addAll(studies(window, stage, failure));
            files.addAll(
                    new LessonPictures(window, failure)
                            .take((station, name) -> pictures(window, stage, station, name)));
            files.addAll(dialogs.planted());
            // Not every model can have outliers planted; the other pictures are there.
            if (onFx(() -> window.opened().planting().isPresent())) {
                for (String station : List.of("model", "outliers")) {
                    files.addAll(pictures(window, stage, station, station + "-planted"));
                }
            }
            return List.copyOf(files);
        } finally {
            onFx(
                    () -> {
                        stage.hide();
                        window.controller().close();
                        return null;
                    });
        }
    }

    /** Measures everything, one after the other: on a busy machine each takes its time. */
    private static void measure(WorkbenchWindow window, CompletableFuture<Throwable> failure)
            throws InterruptedException {
        Workbench workbench = window.workbench();
        WorkbenchController controller = window.controller();
        int bits = window.opened().baseline().kernels().vectorBits();
        Map<Runnable, Supplier<Boolean>> steps = new LinkedHashMap<>();
        steps.put(
                () -> controller.measureKernels(bits),
                () -> workbench.kernelsProperty().get().isPresent());
        steps.put(
                controller::measureWidths,
                () -> workbench.kernelsByWidth().size() == KernelProvider.availableBits().size());
        steps.put(controller::measurePasses, () -> workbench.passesProperty().get().isPresent());
        steps.put(controller::measureRuns, () -> !workbench.speeds().isEmpty());
        for (Map.Entry<Runnable, Supplier<Boolean>> step : steps.entrySet()) {
            onFx(
                    () -> {
                        step.getKey().run();
                        return null;
                    });
            await(step.getValue(), failure);
        }
    }

    private void pinPresets(WorkbenchWindow window, CompletableFuture<Throwable> failure)
            throws InterruptedException {
        Workbench workbench = window.workbench();
        // Labels of more runs would hide each other; the last one prunes, for the pictures.
        var presets =
                window.opened().presets().stream()
                        .filter(preset -> !preset.recipe().calibratesWeights())
                        .toList();
        for (int i = 0; i < presets.size(); i++) {
            var preset = presets.get(i);
            int pinned = i + 1;
            onFx(
                    () -> {
                        workbench.history().change(preset.name(), preset.recipe());
                        window.controller().pinRun();
                        return null;
                    });
            await(() -> workbench.runs().size() == pinned && workbench.isComplete(), failure);
        }
    }

    private List<Path> pictures(WorkbenchWindow window, Stage stage, Progress progress)
            throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        List<Station> stations = window.frame().stations();
        int total = stations.size() * 2 * sizes.size();
        for (Station station : stations) {
            progress.report("drawing " + station.id(), files.size(), total);
            files.addAll(pictures(window, stage, station.id(), station.id()));
        }
        progress.report("drawing", total, total);
        return List.copyOf(files);
    }

    /** The weight that reads the widest site, looked into under the recipe. */
    private List<Path> weight(WorkbenchWindow window, Stage stage)
            throws IOException, InterruptedException {
        int layer = window.opened().config().layers() / 2;
        String name = window.opened().model().weights().linear(layer, LinearRole.DOWN).storedIn();
        onFx(
                () -> {
                    window.frame().open("model");
                    TableView<?> table = (TableView<?>) stage.getScene().lookup("#tensors");
                    for (int row = 0; row < table.getItems().size(); row++) {
                        if (table.getColumns().getFirst().getCellData(row).equals(name)) {
                            table.getSelectionModel().select(row);
                        }
                    }
                    return null;
                });
        Background.awaitIdle();
        onFx(
                () -> {
                    ((ToggleButton) stage.getScene().lookup("#weight .tuned")).fire();
                    return null;
                });
        List<Path> files = pictures(window, stage, "model", "model-weight");
        onFx(
                () -> {
                    ((Button) stage.getScene().lookup("#weight-close")).fire();
                    return null;
                });
        return files;
    }

    /** The tabs of the Kernels station behind the first one, the multiplier at its product. */
    private List<Path> kernels(WorkbenchWindow window, Stage stage)
            throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        for (String tab : List.of("widths", "passes", "multiplier")) {
            onFx(
                    () -> {
                        window.frame().open("kernels");
                        show(stage, "#kernels-tabs", "kernels-tab-" + tab);
                        return null;
                    });
            if (tab.equals("multiplier")) {
                onFx(
                        () -> {
                            stage.getScene().getRoot().applyCss();
                            ((Button) stage.getScene().lookup("#multiplier-to-product")).fire();
                            return null;
                        });
            }
            files.addAll(pictures(window, stage, "kernels", "kernels-" + tab));
        }
        return files;
    }

    private static void show(Stage stage, String tabs, String wanted) {
        TabPane pane = (TabPane) stage.getScene().lookup(tabs);
        pane.getTabs().stream()
                .filter(tab -> tab.getId().equals(wanted))
                .forEach(pane.getSelectionModel()::select);
    }

    /**
     * @param name what file names begin with
     */
    private List<Path> pictures(WorkbenchWindow window, Stage stage, String station, String name)
            throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        onFx(
                () -> {
                    window.frame().open(station);
                    return null;
                });
        for (Size size : sizes) {
            for (Theme.Mode theme : THEMES) {
                Path file =
                        folder.resolve(
                                "%s-%s-%dx%d.png"
                                        .formatted(name, name(theme), size.width(), size.height()));
                Background.awaitIdle();
                Screenshots.take(stage, theme, size.width(), size.height(), file);
                files.add(file);
            }
        }
        return files;
    }

    /** Every study of the last preset, at its tab of the Quality station. */
    private List<Path> studies(
            WorkbenchWindow window, Stage stage, CompletableFuture<Throwable> failure)
            throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        Workbench workbench = window.workbench();
        for (QualityStudy study : QualityStudy.values()) {
            String name = study.name().toLowerCase(Locale.ROOT);
            onFx(
                    () -> {
                        window.controller().study(study);
                        return null;
                    });
            await(() -> isKnown(workbench.studiesProperty().get(), study), failure);
            onFx(
                    () -> {
                        window.frame().open("quality");
                        show(stage, "#quality-tabs", "tab-" + name);
                        return null;
                    });
            files.addAll(pictures(window, stage, "quality", "quality-" + name));
        }
        return files;
    }

    private static boolean isKnown(Studies studies, QualityStudy study) {
        return switch (study) {
            case BUDGET -> studies.budget().isPresent();
            case LAYERS -> studies.layers().isPresent();
            case DIVERGENCE -> studies.divergence().isPresent();
            case CURVE -> studies.curve().isPresent();
            case LENGTHS -> studies.lengths().isPresent();
        };
    }

    /** What a theme is called in file names. */
    static String name(Theme.Mode theme) {
        return theme.name().toLowerCase(Locale.ROOT);
    }
}

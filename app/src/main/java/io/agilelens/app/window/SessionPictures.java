package io.agilelens.app.window;

import static io.agilelens.app.window.HeadlessToolkit.await;
import static io.agilelens.app.window.HeadlessToolkit.onFx;

import io.agilelens.app.session.SessionDocument;
import io.agilelens.app.session.SessionReport;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Background;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.Export;
import io.agilelens.views.chart.ExportBar;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.Painter;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javafx.application.Platform;
import javafx.scene.control.Tab;
import javafx.stage.Stage;

/** Makes every picture of a session again, without a display. */
public final class SessionPictures {
    private static final int WIDTH = 1440;
    private static final int HEIGHT = 900;

    private final SessionDocument document;
    private final Progress progress;
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    private SessionPictures(SessionDocument document, Progress progress) {
        this.document = document;
        this.progress = progress;
    }

    /**
     * Opens the session in a window that nobody sees and writes what was asked for. Starts the
     * toolkit, so it can run once in a process.
     *
     * @param folder receives {@code STATION/PICTURE.png}, {@code .svg} and {@code .csv} of each
     *     picture
     * @param report receives the report, a web page or a PDF by its name
     * @param replace whether what is at those places may be replaced
     * @return the files written
     * @throws UserException if the session cannot be opened or the files not be written
     */
    public static List<Path> write(
            SessionDocument document,
            Optional<Path> folder,
            Optional<Path> report,
            boolean replace,
            Progress progress)
            throws InterruptedException {
        HeadlessToolkit.start();
        try {
            return new SessionPictures(document, progress).write(folder, report, replace);
        } finally {
            Platform.exit();
        }
    }

    private List<Path> write(Optional<Path> folder, Optional<Path> report, boolean replace)
            throws InterruptedException {
        Stage stage =
                onFx(
                        () -> {
                            WindowSettings.USUAL.apply();
                            Theme.apply(Theme.Mode.LIGHT);
                            return new Stage();
                        });
        WorkbenchWindow window =
                onFx(
                        () ->
                                WorkbenchWindow.show(
                                        stage,
                                        Optional.empty(),
                                        Optional.empty(),
                                        FileQuestions.of(stage),
                                        failure::complete));
        try {
            open(window, stage);
            List<Path> files = new ArrayList<>();
            if (folder.isPresent()) {
                AtomicFiles.writeFolder(
                        folder.get(), replace, place -> files.addAll(pictures(window, place)));
                files.replaceAll(file -> folder.get().resolve(file));
            }
            if (report.isPresent()) {
                progress.report("drawing the report", 0, 1);
                SessionReport.write(
                        document, new ReportPictures(window.frame()).draw(), report.get(), replace);
                files.add(report.get());
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

    private void open(WorkbenchWindow window, Stage stage) throws InterruptedException {
        CompletableFuture<Void> opened = new CompletableFuture<>();
        progress.report("opening the session", 0, 1);
        onFx(
                () -> {
                    stage.setWidth(WIDTH);
                    stage.setHeight(HEIGHT);
                    window.controller()
                            .begin(
                                    document.model(),
                                    new SessionHistory.State(
                                            Optional.of(document.subject()),
                                            document.recipe(),
                                            document.runs()),
                                    () -> opened.complete(null));
                    return null;
                });
        await(opened::isDone, failure);
        Workbench workbench = window.workbench();
        onFx(
                () -> {
                    SessionCapture.look(workbench, document.view().place());
                    window.controller().showWindow(document.view().window());
                    return null;
                });
        await(() -> workbench.isComplete(), failure);
        for (QualityStudy study : document.studies()) {
            progress.report("repeating the study " + study, 0, 1);
            onFx(
                    () -> {
                        window.controller().study(study);
                        return null;
                    });
            await(
                    () ->
                            SessionCapture.studies(
                                            workbench.studiesProperty().get(), document.recipe())
                                    .contains(study),
                    failure);
        }
        if (document.kernelBits().isPresent()) {
            progress.report("measuring the kernels", 0, 1);
            onFx(
                    () -> {
                        window.controller().measureKernels(document.kernelBits().getAsInt());
                        return null;
                    });
            await(() -> workbench.kernelsProperty().get().isPresent(), failure);
        }
    }

    /**
     * @return the files, relative to the folder
     */
    private List<Path> pictures(WorkbenchWindow window, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        List<Station> stations = window.frame().stations();
        try {
            for (int i = 0; i < stations.size(); i++) {
                Station station = stations.get(i);
                progress.report("drawing " + station.id(), i, stations.size());
                Path own = Files.createDirectory(folder.resolve(station.id()));
                for (Path file : new StationPictures(window, station, own).write()) {
                    files.add(folder.relativize(file));
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("it was stopped", stopped);
        }
        return files;
    }

    /** A picture in every format, under the name that its files are to have. */
    private record TakenPicture(String name, Map<Export.Format, Export.Taken> formats) {}

    /** The pictures of one station, one tab after the other, each drawn before it is written. */
    private static final class StationPictures {
        private final WorkbenchWindow window;
        private final Station station;
        private final Path folder;
        private final Set<ChartCard> done = new HashSet<>();
        private final List<Path> files = new ArrayList<>();

        StationPictures(WorkbenchWindow window, Station station, Path folder) {
            this.window = window;
            this.station = station;
            this.folder = folder;
        }

        List<Path> write() throws InterruptedException {
            onFx(
                    () -> {
                        window.frame().open(station.id());
                        return null;
                    });
            settle();
            writeVisible();
            Set<Tab> seen = new HashSet<>();
            for (Tab tab = next(seen); tab != null; tab = next(seen)) {
                Tab front = tab;
                seen.add(tab);
                onFx(
                        () -> {
                            front.getTabPane().getSelectionModel().select(front);
                            return null;
                        });
                settle();
                writeVisible();
            }
            return files;
        }

        private Tab next(Set<Tab> seen) throws InterruptedException {
            return onFx(
                    () ->
                            StationCards.tabs(window.frame().view(station)).stream()
                                    .filter(tab -> !seen.contains(tab))
                                    .findFirst()
                                    .orElse(null));
        }

        /** Waits until data are prepared, drawn and shown. */
        private static void settle() throws InterruptedException {
            for (int round = 0; round < 2; round++) {
                Background.awaitIdle();
                pulse();
                Painter.awaitIdle();
                pulse();
            }
        }

        private static void pulse() throws InterruptedException {
            CompletableFuture<Void> drawn = new CompletableFuture<>();
            Platform.runLater(() -> Pulses.afterDrawing(() -> drawn.complete(null)));
            HeadlessToolkit.get(drawn);
        }

        private void writeVisible() throws InterruptedException {
            List<TakenPicture> pictures = new ArrayList<>();
            onFx(
                    () -> {
                        for (ChartCard card : StationCards.visible(window.frame().view(station))) {
                            if (done.add(card)) {
                                take(card.picture()).ifPresent(pictures::add);
                            }
                        }
                        return null;
                    });
            pictures.forEach(this::write);
        }

        private static Optional<TakenPicture> take(Exportable picture) {
            Map<Export.Format, Export.Taken> formats = new EnumMap<>(Export.Format.class);
            try {
                for (Export.Format format : Export.Format.values()) {
                    formats.put(format, Export.take(picture, format));
                }
            } catch (UserException nothingToShow) {
                return Optional.empty();
            }
            return Optional.of(new TakenPicture(ExportBar.safeName(picture.fileName()), formats));
        }

        private void write(TakenPicture picture) {
            String name = freeName(picture.name());
            picture.formats()
                    .forEach(
                            (format, taken) -> {
                                Path file = folder.resolve(name + format.ending());
                                taken.write(file);
                                files.add(file);
                            });
        }

        private String freeName(String wish) {
            String name = wish;
            for (int n = 2; Files.exists(folder.resolve(name + ".csv")); n++) {
                name = wish + "-" + n;
            }
            return name;
        }
    }
}

package io.agilelens.app.window;

import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.SampleLibrary;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import io.agilelens.views.Theme;
import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.action.Actions;
import io.agilelens.views.export.ExportDialog;
import io.agilelens.views.export.ExportReportDialog;
import io.agilelens.views.export.ExportRequest;
import io.agilelens.views.plant.PlantDialog;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javafx.beans.value.ObservableValue;
import javafx.stage.Stage;

/** Says once what the workbench can do; menus, keys, sheet and palette follow. */
final class WindowActions {
    private final Workbench workbench;
    private final WorkbenchActions work;
    private final Stage stage;
    private final WorkbenchFrame frame;
    private final Actions actions = new Actions();
    private final ObservableValue<Boolean> isOpen;

    private WindowActions(
            Workbench workbench, WorkbenchActions work, Stage stage, WorkbenchFrame frame) {
        this.workbench = workbench;
        this.work = work;
        this.stage = stage;
        this.frame = frame;
        this.isOpen = workbench.modelProperty().map(model -> model.isPresent());
    }

    /** All of them, on no keys yet. */
    static Actions of(
            Workbench workbench, WorkbenchActions work, Stage stage, WorkbenchFrame frame) {
        WindowActions made = new WindowActions(workbench, work, stage, frame);
        made.addFiles();
        made.addRecipe();
        made.addPlaces();
        made.addLooks();
        return made.actions;
    }

    private void addFiles() {
        FileChoices files = new FileChoices(work, stage);
        for (SampleLibrary.Sample sample : SampleLibrary.onClassPath().samples()) {
            add(
                    Action.named(
                            "open." + sample.name(),
                            ActionGroup.FILE,
                            Messages.text("menu.open.sample", sample.title()),
                            Messages.text("menu.open.sample.help"),
                            () -> work.open(ModelReference.SAMPLE_PREFIX + sample.name())));
        }
        add(file("open.folder", files::openFolder).on("Shortcut+O"));
        add(file("open.file", files::openFile).on("Shortcut+Shift+O"));
        add(file("plant.outliers", this::choosePlanting).when(isOpen));
        add(
                file("remove.planted", work::removePlanted)
                        .when(
                                workbench
                                        .modelProperty()
                                        .map(
                                                model ->
                                                        model.filter(OpenedModel::plantedHere)
                                                                .isPresent())));
        add(text("text.file", TextFormat.PLAIN, files).on("Shortcut+T"));
        add(text("text.wikitext", TextFormat.WIKITEXT, files));
        add(file("export.model", this::chooseExport).when(isOpen).on("Shortcut+E"));
        add(file("quit", this::close).on("Shortcut+Q"));
    }

    private Action text(String id, TextFormat format, FileChoices files) {
        return file(id, () -> files.openText(Messages.text("action." + id), format)).when(isOpen);
    }

    private static Action file(String id, Runnable effect) {
        return Action.of(id, ActionGroup.FILE, effect);
    }

    private void addRecipe() {
        add(
                recipe("undo", workbench.history()::undo)
                        .when(workbench.history().undoNameProperty().map(name -> !name.isEmpty()))
                        .on("Shortcut+Z"));
        add(
                recipe("redo", workbench.history()::redo)
                        .when(workbench.history().redoNameProperty().map(name -> !name.isEmpty()))
                        .on("Shortcut+Y", "Shortcut+Shift+Z"));
        add(recipe("pin.run", work::pinRun).when(isOpen).on("Shortcut+P"));
        for (QualityStudy study : QualityStudy.values()) {
            String id = "study." + study.name().toLowerCase(Locale.ROOT);
            add(recipe(id, () -> study(study)).when(isOpen));
        }
        add(recipe("cancel", this::cancel).on("Shortcut+Period"));
    }

    private void cancel() {
        if (!frame.statusBar().cancelRunning()) {
            work.cancel();
        }
    }

    private static Action recipe(String id, Runnable effect) {
        return Action.of(id, ActionGroup.RECIPE, effect);
    }

    private void study(QualityStudy study) {
        frame.open("quality");
        work.study(study);
    }

    private void addPlaces() {
        List<Station> stations = frame.stations();
        for (int i = 0; i < stations.size(); i++) {
            Station station = stations.get(i);
            Action action =
                    Action.named(
                            "station." + station.id(),
                            ActionGroup.GO,
                            Messages.text("action.station", station.title()),
                            station.help(),
                            () -> frame.open(station.id()));
            add(i < 9 ? action.on("Shortcut+" + (i + 1)) : action);
        }
        Selection selection = workbench.selection();
        add(go("back", selection::back).when(selection.canGoBackProperty()).on("Alt+Left"));
        add(
                go("forward", selection::forward)
                        .when(selection.canGoForwardProperty())
                        .on("Alt+Right"));
        add(go("layer.before", () -> moveLayer(-1)).when(isOpen).on("Alt+Up"));
        add(go("layer.after", () -> moveLayer(1)).when(isOpen).on("Alt+Down"));
        add(go("window.before", () -> moveWindow(-1)).when(isOpen).on("Shortcut+Page Up"));
        add(go("window.after", () -> moveWindow(1)).when(isOpen).on("Shortcut+Page Down"));
        add(go("zone.after", () -> frame.focusZone(1)).on("F6"));
        add(go("zone.before", () -> frame.focusZone(-1)).on("Shift+F6"));
    }

    private static Action go(String id, Runnable effect) {
        return Action.of(id, ActionGroup.GO, effect);
    }

    private void moveLayer(int step) {
        workbench
                .modelProperty()
                .get()
                .ifPresent(
                        model -> {
                            Selection.Place place = workbench.selection().place();
                            int last = model.config().layers() - 1;
                            int layer = Math.clamp(place.layer() + step, 0, last);
                            workbench.selection().select(place.withLayer(layer));
                        });
    }

    private void moveWindow(int step) {
        workbench
                .comparisonProperty()
                .get()
                .ifPresent(
                        shown -> {
                            int windows = opened().text().windows().size();
                            int wanted = Math.clamp(shown.window() + step, 0, windows - 1);
                            if (wanted != shown.window()) {
                                work.showWindow(wanted);
                            }
                        });
    }

    private OpenedModel opened() {
        return workbench.modelProperty().get().orElseThrow();
    }

    private void addLooks() {
        add(view("theme", Theme::toggle).on("Shortcut+L"));
        add(view("projector", Theme::toggleProjector).on("F8"));
        add(view("larger", Theme::enlarge).on("Shortcut+Plus", "Shortcut+Equals"));
        add(view("smaller", Theme::reduce).on("Shortcut+Minus"));
        add(view("usual", Theme::resetZoom).on("Shortcut+0"));
        add(view("fullscreen", () -> stage.setFullScreen(!stage.isFullScreen())).on("F11"));
    }

    private static Action view(String id, Runnable effect) {
        return Action.of(id, ActionGroup.VIEW, effect);
    }

    private void add(Action action) {
        actions.add(action);
    }

    private void choosePlanting() {
        workbench
                .modelProperty()
                .get()
                .ifPresent(opened -> new PlantDialog(stage, opened, work::plant).show());
    }

    private void chooseExport() {
        workbench
                .modelProperty()
                .get()
                .ifPresent(
                        opened ->
                                new ExportDialog(
                                                stage,
                                                opened,
                                                workbench.history().recipe(),
                                                Path.of(System.getProperty("user.home")),
                                                this::export)
                                        .show());
    }

    private void export(ExportRequest request) {
        work.export(
                request.format(),
                request.target(),
                request.replace(),
                report -> new ExportReportDialog(stage, report).show());
    }

    private void close() {
        stage.fireEvent(
                new javafx.stage.WindowEvent(stage, javafx.stage.WindowEvent.WINDOW_CLOSE_REQUEST));
    }
}

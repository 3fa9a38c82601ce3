package io.agilelens.app.window;

import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.SampleLibrary;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.export.ExportDialog;
import io.agilelens.views.export.ExportReportDialog;
import io.agilelens.views.export.ExportRequest;
import io.agilelens.views.model.ModelViewModel;
import io.agilelens.views.plant.PlantDialog;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.io.File;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.TransferMode;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Stage;

/**
 * What can be done with the whole workbench: open, choose a text, pin, export; also by dropping
 * files.
 */
final class WorkbenchMenus {
    private static final int NAMED_STORAGES = 2;
    private static final Set<String> TEXT_ENDINGS = Set.of("txt", "raw", "md");
    private static final Pattern FOLDER_PIECES =
            Pattern.compile("config\\.json|model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?");

    private final Workbench workbench;
    private final WorkbenchActions actions;
    private final SessionMenus session;
    private final Stage stage;

    WorkbenchMenus(
            Workbench workbench, WorkbenchActions actions, SessionMenus session, Stage stage) {
        this.workbench = workbench;
        this.actions = actions;
        this.session = session;
        this.stage = stage;
    }

    void addTo(WorkbenchFrame frame, Scene scene) {
        TopBar bar = frame.topBar();
        session.addTo(bar, scene);
        bar.addAction(openMenu());
        bar.addAction(textMenu());
        Button pin = new Button(Messages.text("menu.pin"));
        pin.setId("pin-run");
        pin.setTooltip(new Tooltip(Messages.text("menu.pin.help")));
        pin.setOnAction(_ -> actions.pinRun());
        bar.addAction(pin);
        MenuButton export = exportMenu();
        bar.addAction(export);
        workbench
                .modelProperty()
                .subscribe(
                        model -> {
                            pin.setDisable(model.isEmpty());
                            export.setDisable(model.isEmpty());
                            String summary = model.map(WorkbenchMenus::describe).orElse("");
                            bar.setModel(summary);
                            bar.setPlanting(model.flatMap(OpenedModel::planting));
                        });
        WorkbenchFrame.onShortcut(scene, KeyCode.O, this::chooseFolder);
        scene.getAccelerators()
                .put(
                        new KeyCodeCombination(
                                KeyCode.O, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_DOWN),
                        this::chooseFile);
        WorkbenchFrame.onShortcut(scene, KeyCode.P, actions::pinRun);
        acceptDrops(scene);
    }

    private static String describe(OpenedModel opened) {
        return Messages.text(
                "window.model",
                opened.title(),
                opened.config().layers(),
                Figures.count(opened.model().parameters()),
                ModelViewModel.storage(opened.model().checkpoint().tensors(), NAMED_STORAGES));
    }

    private MenuButton openMenu() {
        MenuButton menu = new MenuButton(Messages.text("menu.open"));
        menu.setId("open-menu");
        for (SampleLibrary.Sample sample : SampleLibrary.onClassPath().samples()) {
            MenuItem item = new MenuItem(Messages.text("menu.open.sample", sample.title()));
            item.setId("open-" + sample.name());
            item.setOnAction(_ -> actions.open(ModelReference.SAMPLE_PREFIX + sample.name()));
            menu.getItems().add(item);
        }
        MenuItem folder = new MenuItem(Messages.text("menu.open.folder"));
        folder.setId("open-folder");
        folder.setOnAction(_ -> chooseFolder());
        MenuItem file = new MenuItem(Messages.text("menu.open.file"));
        file.setId("open-file");
        file.setOnAction(_ -> chooseFile());
        MenuItem plant = new MenuItem(Messages.text("menu.open.plant"));
        plant.setId("plant-outliers");
        plant.setOnAction(_ -> choosePlanting());
        MenuItem unplant = new MenuItem(Messages.text("menu.open.unplant"));
        unplant.setId("remove-planted");
        unplant.setOnAction(_ -> actions.removePlanted());
        workbench
                .modelProperty()
                .subscribe(
                        model -> {
                            plant.setDisable(model.isEmpty());
                            unplant.setDisable(model.filter(OpenedModel::plantedHere).isEmpty());
                        });
        menu.getItems()
                .addAll(
                        new SeparatorMenuItem(),
                        folder,
                        file,
                        new SeparatorMenuItem(),
                        plant,
                        unplant);
        return menu;
    }

    private void choosePlanting() {
        workbench
                .modelProperty()
                .get()
                .ifPresent(opened -> new PlantDialog(stage, opened, actions::plant).show());
    }

    private MenuButton textMenu() {
        MenuButton menu = new MenuButton(Messages.text("menu.text"));
        menu.setId("text-menu");
        menu.getItems()
                .addAll(
                        textItem("menu.text.file", TextFormat.PLAIN),
                        textItem("menu.text.wikitext", TextFormat.WIKITEXT));
        menu.disableProperty().bind(workbench.modelProperty().map(model -> model.isEmpty()));
        return menu;
    }

    private MenuItem textItem(String key, TextFormat format) {
        MenuItem item = new MenuItem(Messages.text(key));
        item.setOnAction(
                _ -> {
                    FileChooser chooser = new FileChooser();
                    chooser.setTitle(Messages.text(key));
                    File chosen = chooser.showOpenDialog(stage);
                    if (chosen != null) {
                        actions.useText(chosen.toPath(), format);
                    }
                });
        return item;
    }

    private MenuButton exportMenu() {
        MenuButton menu = new MenuButton(Messages.text("menu.export"));
        menu.setId("export-menu");
        MenuItem model = new MenuItem(Messages.text("menu.export.model"));
        model.setId("export-model");
        model.setOnAction(_ -> chooseExport());
        menu.getItems().add(model);
        return menu;
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
        actions.export(
                request.format(),
                request.target(),
                request.replace(),
                report -> new ExportReportDialog(stage, report).show());
    }

    private void chooseFolder() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle(Messages.text("menu.open.folder"));
        File chosen = chooser.showDialog(stage);
        if (chosen != null) {
            actions.open(chosen.getPath());
        }
    }

    private void chooseFile() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle(Messages.text("menu.open.file"));
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
        File chosen = chooser.showOpenDialog(stage);
        if (chosen != null) {
            actions.open(modelOf(chosen.toPath()).toString());
        }
    }

    /**
     * A dropped text becomes the evaluation text, a session is opened, a recipe taken; anything
     * else is taken for a model.
     */
    private void acceptDrops(Scene scene) {
        scene.setOnDragOver(
                drag -> {
                    if (drag.getDragboard().hasFiles()) {
                        drag.acceptTransferModes(TransferMode.COPY);
                    }
                    drag.consume();
                });
        scene.setOnDragDropped(
                drop -> {
                    boolean usable = drop.getDragboard().hasFiles();
                    if (usable) {
                        take(drop.getDragboard().getFiles().getFirst().toPath());
                    }
                    drop.setDropCompleted(usable);
                    drop.consume();
                });
    }

    /** Opens a dropped model or session, takes a dropped recipe, evaluates on a dropped text. */
    void take(Path dropped) {
        Path name = dropped.getFileName();
        String ending = name == null ? "" : name.toString().replaceFirst("^.*\\.", "");
        if (TEXT_ENDINGS.contains(ending)) {
            actions.useText(dropped, TextFormat.PLAIN);
        } else if (isPieceOfFolder(dropped) || !session.take(dropped)) {
            actions.open(modelOf(dropped).toString());
        }
    }

    /** The model that a file is a piece of: its folder, unless the file is a model by itself. */
    private static Path modelOf(Path file) {
        return isPieceOfFolder(file) ? file.toAbsolutePath().getParent() : file;
    }

    private static boolean isPieceOfFolder(Path file) {
        Path name = file.getFileName();
        return name != null && FOLDER_PIECES.matcher(name.toString()).matches();
    }
}

package io.agilelens.app.window;

import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.SampleLibrary;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.io.File;
import java.nio.file.Path;
import java.util.stream.Collectors;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.TransferMode;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Stage;

/**
 * What can be done with the whole workbench: open, choose a text, pin, export; also by dropping
 * files.
 */
final class WorkbenchMenus {
    private final Workbench workbench;
    private final WorkbenchActions actions;
    private final Stage stage;

    WorkbenchMenus(Workbench workbench, WorkbenchActions actions, Stage stage) {
        this.workbench = workbench;
        this.actions = actions;
        this.stage = stage;
    }

    void addTo(WorkbenchFrame frame, Scene scene) {
        TopBar bar = frame.topBar();
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
                            stage.setTitle(
                                    model.map(m -> Messages.text("window.title", m.title()))
                                            .orElse(Messages.text("window.product")));
                        });
        WorkbenchFrame.onShortcut(scene, KeyCode.O, this::chooseModel);
        WorkbenchFrame.onShortcut(scene, KeyCode.P, actions::pinRun);
        acceptDrops(scene);
    }

    private static String describe(OpenedModel opened) {
        String dtypes =
                opened.model().checkpoint().tensors().stream()
                        .map(tensor -> tensor.storage())
                        .distinct()
                        .collect(Collectors.joining("/"));
        return Messages.text(
                "window.model",
                opened.title(),
                opened.config().layers(),
                Figures.count(opened.model().parameters()),
                dtypes);
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
        folder.setOnAction(_ -> chooseModel());
        menu.getItems().addAll(new SeparatorMenuItem(), folder);
        return menu;
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
        MenuItem bundle = new MenuItem(Messages.text("menu.export.native"));
        bundle.setId("export-native");
        bundle.setOnAction(
                _ -> {
                    FileChooser chooser = new FileChooser();
                    chooser.setTitle(Messages.text("menu.export.native"));
                    chooser.setInitialFileName(
                            workbench
                                    .modelProperty()
                                    .get()
                                    .map(m -> m.title() + "-tuned")
                                    .orElse(""));
                    File chosen = chooser.showSaveDialog(stage);
                    if (chosen != null) {
                        actions.exportBundle(chosen.toPath());
                    }
                });
        menu.getItems().add(bundle);
        return menu;
    }

    private void chooseModel() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle(Messages.text("menu.open.folder"));
        File chosen = chooser.showDialog(stage);
        if (chosen != null) {
            actions.open(chosen.getPath());
        }
    }

    /** A dropped text becomes the evaluation text; anything else is taken for a model. */
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
                        open(drop.getDragboard().getFiles().getFirst().toPath());
                    }
                    drop.setDropCompleted(usable);
                    drop.consume();
                });
    }

    private void open(Path dropped) {
        Path name = dropped.getFileName();
        if (name != null && name.toString().endsWith(".txt")) {
            actions.useText(dropped, TextFormat.PLAIN);
        } else if (name != null
                && (name.toString().equals("config.json")
                        || name.toString().equals("model.safetensors"))) {
            actions.open(dropped.toAbsolutePath().getParent().toString());
        } else {
            actions.open(dropped.toString());
        }
    }
}

package io.agilelens.app.window;

import io.agilelens.engine.format.SampleLibrary;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.views.Figures;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.action.Actions;
import io.agilelens.views.model.ModelViewModel;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javafx.scene.Scene;
import javafx.scene.control.MenuButton;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.input.TransferMode;
import javafx.stage.Stage;

/** What can be done with the whole workbench, on the line above it; also by dropping files. */
final class WorkbenchMenus {
    private static final int NAMED_STORAGES = 2;
    private static final Set<String> TEXT_ENDINGS = Set.of("txt", "raw", "md");

    private final Workbench workbench;
    private final WorkbenchActions work;
    private final Stage stage;
    private final Actions actions;

    WorkbenchMenus(Workbench workbench, WorkbenchActions work, Stage stage, Actions actions) {
        this.workbench = workbench;
        this.work = work;
        this.stage = stage;
        this.actions = actions;
    }

    void addTo(WorkbenchFrame frame, Scene scene) {
        TopBar bar = frame.topBar();
        bar.addAction(openMenu());
        MenuButton text = menu("text", List.of("text.file", "text.wikitext"));
        text.disableProperty().bind(workbench.modelProperty().map(model -> model.isEmpty()));
        bar.addAction(text);
        bar.addAction(actions.button("pin.run"));
        MenuButton export = menu("export", List.of("export.model"));
        export.disableProperty().bind(workbench.modelProperty().map(model -> model.isEmpty()));
        bar.addAction(export);
        workbench
                .modelProperty()
                .subscribe(
                        model -> {
                            String summary = model.map(WorkbenchMenus::describe).orElse("");
                            bar.setModel(summary);
                            bar.setPlanting(model.flatMap(OpenedModel::planting));
                            stage.setTitle(
                                    model.map(WorkbenchMenus::title)
                                            .orElse(Messages.text("window.product")));
                        });
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

    private static String title(OpenedModel opened) {
        return Messages.text(
                opened.planting().isPresent() ? "window.title.planted" : "window.title",
                opened.title());
    }

    private MenuButton openMenu() {
        MenuButton menu = menu("open", List.of());
        for (SampleLibrary.Sample sample : SampleLibrary.onClassPath().samples()) {
            menu.getItems().add(actions.item("open." + sample.name()));
        }
        menu.getItems()
                .addAll(
                        new SeparatorMenuItem(),
                        actions.item("open.folder"),
                        actions.item("open.file"),
                        new SeparatorMenuItem(),
                        actions.item("plant.outliers"),
                        actions.item("remove.planted"));
        return menu;
    }

    private MenuButton menu(String name, List<String> ids) {
        MenuButton menu = new MenuButton(Messages.text("menu." + name));
        menu.setId(name + "-menu");
        Help.wrapped(menu, Messages.text("menu." + name + ".help"));
        ids.forEach(id -> menu.getItems().add(actions.item(id)));
        return menu;
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
                        take(drop.getDragboard().getFiles().getFirst().toPath());
                    }
                    drop.setDropCompleted(usable);
                    drop.consume();
                });
    }

    /** Opens a dropped model, or evaluates on a dropped text. */
    void take(Path dropped) {
        Path name = dropped.getFileName();
        String ending = name == null ? "" : name.toString().replaceFirst("^.*\\.", "");
        if (TEXT_ENDINGS.contains(ending)) {
            work.useText(dropped, TextFormat.PLAIN);
        } else {
            work.open(FileChoices.modelOf(dropped).toString());
        }
    }
}

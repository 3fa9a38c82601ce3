package io.agilelens.app.window;

import io.agilelens.engine.format.SampleLibrary;
import io.agilelens.views.Figures;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.action.Actions;
import io.agilelens.views.model.ModelViewModel;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import javafx.scene.control.MenuButton;
import javafx.scene.control.SeparatorMenuItem;
import javafx.stage.Stage;

/** What can be done with the whole workbench, on the line above it. */
final class WorkbenchMenus {
    private static final int NAMED_STORAGES = 2;

    private final Workbench workbench;
    private final Stage stage;
    private final Actions actions;

    WorkbenchMenus(Workbench workbench, Stage stage, Actions actions) {
        this.workbench = workbench;
        this.stage = stage;
        this.actions = actions;
    }

    void addTo(TopBar bar) {
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
                        });
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
}

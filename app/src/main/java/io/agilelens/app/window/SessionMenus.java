package io.agilelens.app.window;

import io.agilelens.app.session.SessionJson;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.scene.Scene;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.input.KeyCombination;
import javafx.stage.Stage;
import javafx.stage.WindowEvent;
import org.controlsfx.control.PopOver;

/** What can be done with the session as a document: open, save, take back, report. */
final class SessionMenus {
    private final Workbench workbench;
    private final WorkbenchActions actions;
    private final SessionKeeper keeper;
    private final FileQuestions questions;
    private final Stage stage;
    private final MenuButton editMenu = new MenuButton(Messages.text("menu.edit"));

    SessionMenus(
            Workbench workbench,
            WorkbenchActions actions,
            SessionKeeper keeper,
            FileQuestions questions,
            Stage stage) {
        this.workbench = workbench;
        this.actions = actions;
        this.keeper = keeper;
        this.questions = questions;
        this.stage = stage;
    }

    void addTo(TopBar bar, Scene scene) {
        bar.addAction(fileMenu(scene));
        bar.addAction(editMenu(scene));
        stage.addEventHandler(WindowEvent.WINDOW_CLOSE_REQUEST, this::closing);
    }

    private MenuButton fileMenu(Scene scene) {
        MenuButton menu = new MenuButton(Messages.text("menu.file"));
        menu.setId("file-menu");
        MenuItem save = item(scene, "save", "Shortcut+S", this::save);
        MenuItem saveAs = item(scene, "save-as", "Shortcut+Shift+S", () -> saveAs(() -> {}));
        MenuItem export = item(scene, "recipe-export", null, this::exportRecipe);
        MenuItem report = item(scene, "report", "Shortcut+R", this::report);
        for (MenuItem needsModel : List.of(save, saveAs, export, report)) {
            needsModel.disableProperty().bind(workbench.modelProperty().map(Optional::isEmpty));
        }
        menu.getItems()
                .addAll(
                        item(scene, "session-open", "Shortcut+Alt+O", this::open),
                        recentMenu(),
                        new SeparatorMenuItem(),
                        save,
                        saveAs,
                        new SeparatorMenuItem(),
                        item(scene, "recipe-import", null, this::importRecipe),
                        export,
                        new SeparatorMenuItem(),
                        report);
        return menu;
    }

    private MenuButton editMenu(Scene scene) {
        SessionHistory history = workbench.history();
        editMenu.setId("edit-menu");
        MenuItem undo = item(scene, "undo", "Shortcut+Z", history::undo);
        MenuItem redo = item(scene, "redo", "Shortcut+Y", history::redo);
        undo.disableProperty().bind(history.undoNameProperty().isEmpty());
        redo.disableProperty().bind(history.redoNameProperty().isEmpty());
        undo.textProperty().bind(named("menu.undo", history.undoNameProperty()));
        redo.textProperty().bind(named("menu.redo", history.redoNameProperty()));
        editMenu.getItems()
                .addAll(
                        undo,
                        redo,
                        new SeparatorMenuItem(),
                        item(scene, "history", "Shortcut+H", this::showHistory));
        return editMenu;
    }

    private static javafx.beans.value.ObservableValue<String> named(
            String key, javafx.beans.value.ObservableStringValue name) {
        return Bindings.createStringBinding(
                () ->
                        name.get().isEmpty()
                                ? Messages.text(key)
                                : Messages.text(key + ".named", name.get()),
                name);
    }

    /**
     * @param keys of the item, which work with the menu closed too; null for none
     */
    private static MenuItem item(Scene scene, String id, String keys, Runnable action) {
        MenuItem item = new MenuItem(Messages.text("menu." + id));
        item.setId(id);
        item.setOnAction(_ -> action.run());
        if (keys != null) {
            KeyCombination combination = KeyCombination.valueOf(keys);
            item.setAccelerator(combination);
            scene.getAccelerators()
                    .put(
                            combination,
                            () -> {
                                if (!item.isDisable()) {
                                    action.run();
                                }
                            });
        }
        return item;
    }

    private Menu recentMenu() {
        Menu menu = new Menu(Messages.text("menu.recent"));
        menu.setId("recent");
        keeper.recentProperty()
                .subscribe(
                        recent -> {
                            menu.getItems().clear();
                            for (String session : recent.sessions()) {
                                menu.getItems().add(recent(session, () -> open(Path.of(session))));
                            }
                            if (!recent.sessions().isEmpty() && !recent.models().isEmpty()) {
                                menu.getItems().add(new SeparatorMenuItem());
                            }
                            for (String model : recent.models()) {
                                menu.getItems().add(recent(model, () -> actions.open(model)));
                            }
                            menu.setDisable(menu.getItems().isEmpty());
                        });
        return menu;
    }

    private static MenuItem recent(String path, Runnable action) {
        MenuItem item = new MenuItem(path);
        // A file's name may hold what menus take for a key.
        item.setMnemonicParsing(false);
        item.setOnAction(_ -> action.run());
        return item;
    }

    private void open() {
        questions
                .file(Messages.text("menu.session-open"), FileQuestions.Kind.SESSION)
                .ifPresent(this::open);
    }

    /** Opens a session file; what is unsaved is asked about first. */
    void open(Path session) {
        unlessLost(() -> keeper.open(session));
    }

    /** Takes a dropped file if it is one of the session's; says whether. */
    boolean take(Path dropped) {
        if (SessionJson.isNamedSession(dropped)) {
            open(dropped);
            return true;
        }
        Path name = dropped.getFileName();
        if (name != null && name.toString().toLowerCase(java.util.Locale.ROOT).endsWith(".json")) {
            keeper.take(dropped, () -> open(dropped));
            return true;
        }
        return false;
    }

    private void save() {
        save(() -> {});
    }

    private void save(Runnable onDone) {
        keeper.fileProperty()
                .get()
                .ifPresentOrElse(file -> keeper.save(file, false, onDone), () -> saveAs(onDone));
    }

    private void saveAs(Runnable onDone) {
        questions
                .target(
                        Messages.text("menu.save-as"),
                        suggestedName(),
                        List.of(FileQuestions.Kind.SESSION))
                .ifPresent(target -> keeper.save(target.file(), target.replace(), onDone));
    }

    private String suggestedName() {
        return keeper.fileProperty()
                .get()
                .map(file -> file.getFileName().toString().replaceFirst("\\.[^.]*$", ""))
                .or(() -> workbench.modelProperty().get().map(opened -> opened.title()))
                .orElse(Messages.text("session.untitled"));
    }

    private void importRecipe() {
        questions
                .file(Messages.text("menu.recipe-import"), FileQuestions.Kind.RECIPE)
                .ifPresent(keeper::importRecipe);
    }

    private void exportRecipe() {
        questions
                .target(
                        Messages.text("menu.recipe-export"),
                        "recipe",
                        List.of(FileQuestions.Kind.RECIPE))
                .ifPresent(keeper::exportRecipe);
    }

    private void report() {
        questions
                .target(
                        Messages.text("menu.report"),
                        suggestedName(),
                        List.of(FileQuestions.Kind.HTML, FileQuestions.Kind.PDF))
                .ifPresent(keeper::report);
    }

    private void showHistory() {
        PopOver popOver = new PopOver(new HistoryList(workbench.history()));
        popOver.setTitle(Messages.text("history.title"));
        popOver.setHeaderAlwaysVisible(true);
        popOver.setArrowLocation(PopOver.ArrowLocation.TOP_CENTER);
        popOver.setDetachable(false);
        popOver.show(editMenu);
    }

    private void closing(WindowEvent request) {
        if (keeper.unsavedProperty().get()) {
            request.consume();
            unlessLost(stage::hide);
        }
    }

    /** Does something that ends the session, once the person said what becomes of it. */
    private void unlessLost(Runnable action) {
        if (keeper.unsavedProperty().get()) {
            UnsavedQuestion.ask(stage, suggestedName(), () -> save(action), action);
        } else {
            action.run();
        }
    }
}

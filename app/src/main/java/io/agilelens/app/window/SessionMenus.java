package io.agilelens.app.window;

import io.agilelens.app.session.SessionJson;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.PopOvers;
import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.action.Actions;
import io.agilelens.views.palette.PaletteEntry;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableStringValue;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.stage.Stage;
import javafx.stage.WindowEvent;
import org.controlsfx.control.PopOver;

/** What can be done with the session as a document: open, save, take back, report. */
final class SessionMenus {
    private final Workbench workbench;
    private final WorkbenchActions work;
    private final SessionKeeper keeper;
    private final FileQuestions questions;
    private final Stage stage;
    private final Actions actions;
    private final MenuButton editMenu = menu("edit");

    SessionMenus(
            Workbench workbench,
            WorkbenchActions work,
            SessionKeeper keeper,
            FileQuestions questions,
            Stage stage,
            Actions actions) {
        this.workbench = workbench;
        this.work = work;
        this.keeper = keeper;
        this.questions = questions;
        this.stage = stage;
        this.actions = actions;
        addActions();
    }

    private void addActions() {
        ObservableValue<Boolean> isOpen = workbench.modelProperty().map(Optional::isPresent);
        actions.add(file("session.open", this::open).on("Shortcut+Alt+O"));
        actions.add(file("session.save", this::save).when(isOpen).on("Shortcut+S"));
        actions.add(
                file("session.save.as", () -> saveAs(() -> {}))
                        .when(isOpen)
                        .on("Shortcut+Shift+S"));
        actions.add(file("report", this::report).when(isOpen).on("Shortcut+R"));
        actions.add(recipe("recipe.import", this::importRecipe));
        actions.add(recipe("recipe.export", this::exportRecipe).when(isOpen));
        actions.add(recipe("history", this::showHistory).on("Shortcut+Alt+Z"));
    }

    private static Action file(String id, Runnable effect) {
        return Action.of(id, ActionGroup.FILE, effect);
    }

    private static Action recipe(String id, Runnable effect) {
        return Action.of(id, ActionGroup.RECIPE, effect);
    }

    /** Puts menus for the session in front of the others, and asks before the window closes. */
    void addTo(TopBar bar) {
        MenuButton fileMenu = menu("file");
        fileMenu.getItems()
                .addAll(
                        actions.item("session.open"),
                        recentMenu(),
                        new SeparatorMenuItem(),
                        actions.item("session.save"),
                        actions.item("session.save.as"),
                        new SeparatorMenuItem(),
                        actions.item("recipe.import"),
                        actions.item("recipe.export"),
                        new SeparatorMenuItem(),
                        actions.item("report"),
                        new SeparatorMenuItem(),
                        actions.item("quit"));
        SessionHistory history = workbench.history();
        MenuItem undo = actions.item("undo");
        MenuItem redo = actions.item("redo");
        undo.textProperty().bind(named("undo", history.undoNameProperty()));
        redo.textProperty().bind(named("redo", history.redoNameProperty()));
        editMenu.getItems().addAll(undo, redo, new SeparatorMenuItem(), actions.item("history"));
        bar.addAction(fileMenu);
        bar.addAction(editMenu);
        stage.setOnCloseRequest(this::closing);
    }

    /** Has the palette find what was open lately. */
    void addTo(WindowHelp help) {
        help.find(
                () -> {
                    List<PaletteEntry> entries = new ArrayList<>();
                    for (String session : keeper.recentProperty().get().sessions()) {
                        entries.add(recentEntry(session, () -> open(Path.of(session))));
                    }
                    for (String model : keeper.recentProperty().get().models()) {
                        entries.add(recentEntry(model, () -> work.open(model)));
                    }
                    return entries;
                });
    }

    private static PaletteEntry recentEntry(String path, Runnable action) {
        return PaletteEntry.of(
                "recent." + path,
                Messages.text("palette.recent"),
                Messages.text("palette.recent.open", path),
                "",
                action);
    }

    /** Has sessions and recipes taken when they are dropped. */
    void addTo(FileDrops drops) {
        drops.add(
                new FileDrops.Kind(
                        name ->
                                name.endsWith(".json")
                                        && !name.equals("config.json")
                                        && !name.endsWith(".safetensors.index.json"),
                        name -> Messages.text("drop.json", name),
                        _ -> Optional.empty(),
                        file -> keeper.take(file, () -> open(file))));
        drops.add(
                new FileDrops.Kind(
                        name -> name.endsWith(SessionJson.ENDING),
                        name -> Messages.text("drop.session", name),
                        _ -> Optional.empty(),
                        this::open));
    }

    private static MenuButton menu(String name) {
        MenuButton menu = new MenuButton(Messages.text("menu." + name));
        menu.setId(name + "-menu");
        Help.wrapped(menu, Messages.text("menu." + name + ".help"));
        return menu;
    }

    private static ObservableValue<String> named(String id, ObservableStringValue name) {
        return Bindings.createStringBinding(
                () ->
                        name.get().isEmpty()
                                ? Messages.text("action." + id)
                                : Messages.text("action." + id + ".named", name.get()),
                name);
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
                                menu.getItems().add(recent(model, () -> work.open(model)));
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
                .file(Messages.text("action.session.open"), FileQuestions.Kind.SESSION)
                .ifPresent(this::open);
    }

    /** Opens a session file; what is unsaved is asked about first. */
    void open(Path session) {
        unlessLost(() -> keeper.open(session));
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
                        Messages.text("action.session.save.as"),
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
                .file(Messages.text("action.recipe.import"), FileQuestions.Kind.RECIPE)
                .ifPresent(keeper::importRecipe);
    }

    private void exportRecipe() {
        questions
                .target(
                        Messages.text("action.recipe.export"),
                        "recipe",
                        List.of(FileQuestions.Kind.RECIPE))
                .ifPresent(keeper::exportRecipe);
    }

    private void report() {
        questions
                .target(
                        Messages.text("action.report"),
                        suggestedName(),
                        List.of(FileQuestions.Kind.HTML, FileQuestions.Kind.PDF))
                .ifPresent(keeper::report);
    }

    private void showHistory() {
        PopOver popOver =
                PopOvers.of(
                        Messages.text("history.title"),
                        new HistoryList(workbench.history()),
                        PopOver.ArrowLocation.TOP_CENTER);
        popOver.setHeaderAlwaysVisible(true);
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

package io.agilelens.app.window;

import io.agilelens.views.Theme;
import io.agilelens.views.recipe.RecipeView;
import io.agilelens.views.verdict.VerdictView;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.scene.Scene;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.stage.Stage;

/**
 * The workbench in a stage: state, frame and what drives them.
 *
 * @param controller to be closed with the window; closes the keeper, too
 * @param keeper of the session
 * @param menus what can be done with the whole of it
 */
record WorkbenchWindow(
        Workbench workbench,
        WorkbenchFrame frame,
        WorkbenchController controller,
        SessionKeeper keeper,
        WorkbenchMenus menus) {
    private static final double WIDTH = 1440;
    private static final double HEIGHT = 900;

    /**
     * Fills a stage, shows it and opens a model in it.
     *
     * @param onFailure shows a person what did not work
     */
    static WorkbenchWindow open(Stage stage, String model, Consumer<Throwable> onFailure) {
        return open(stage, EarlyOpening.begin(model), onFailure);
    }

    /** The same with a model that is being opened already. */
    static WorkbenchWindow open(Stage stage, EarlyOpening model, Consumer<Throwable> onFailure) {
        WorkbenchWindow window = show(stage, Optional.empty(), FileQuestions.of(stage), onFailure);
        window.controller.open(model);
        return window;
    }

    /**
     * Fills a stage and shows it, without a model yet.
     *
     * @param state the user's folder for what outlives a run; empty to keep nothing there
     * @param questions asks a person for files
     */
    static WorkbenchWindow show(
            Stage stage,
            Optional<Path> state,
            FileQuestions questions,
            Consumer<Throwable> onFailure) {
        Theme.apply(Theme.Mode.SYSTEM);
        Workbench workbench = new Workbench();
        WorkbenchController controller = new WorkbenchController(workbench, onFailure);
        WorkbenchFrame frame = new WorkbenchFrame(Stations.of(workbench, controller));
        controller.reportTo(frame.statusBar());
        frame.setRight(new RecipeView(workbench), new VerdictView(workbench));
        Scene scene = frame.install(stage, WIDTH, HEIGHT);
        SessionKeeper keeper =
                new SessionKeeper(workbench, controller, frame, state, questions, onFailure);
        controller.onClose(keeper::close);
        SessionMenus session = new SessionMenus(workbench, controller, keeper, questions, stage);
        WorkbenchMenus menus = new WorkbenchMenus(workbench, controller, session, stage);
        menus.addTo(frame, scene);
        WindowTitle.keep(stage, workbench, keeper);
        addKeys(workbench, scene);
        stage.show();
        frame.requestFocus();
        keeper.offerCrashed();
        StationsAhead.begin(workbench, frame);
        return new WorkbenchWindow(workbench, frame, controller, keeper, menus);
    }

    private static void addKeys(Workbench workbench, Scene scene) {
        scene.getAccelerators()
                .put(
                        new KeyCodeCombination(
                                KeyCode.Z, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_DOWN),
                        workbench.history()::redo);
        scene.getAccelerators()
                .put(
                        new KeyCodeCombination(KeyCode.LEFT, KeyCombination.ALT_DOWN),
                        workbench.selection()::back);
        scene.getAccelerators()
                .put(
                        new KeyCodeCombination(KeyCode.RIGHT, KeyCombination.ALT_DOWN),
                        workbench.selection()::forward);
    }

    /** The model that is open. */
    OpenedModel opened() {
        return workbench.modelProperty().get().orElseThrow();
    }
}

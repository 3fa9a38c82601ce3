package io.agilelens.app.window;

import io.agilelens.views.LessonLinks;
import io.agilelens.views.Theme;
import io.agilelens.views.lessons.LessonLibrary;
import io.agilelens.views.lessons.LessonsViewModel;
import io.agilelens.views.recipe.RecipeView;
import io.agilelens.views.verdict.VerdictView;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.util.function.Consumer;
import javafx.scene.Scene;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.stage.Stage;

/**
 * The workbench in a stage: state, frame and what drives them.
 *
 * @param controller to be closed with the window
 * @param lessons runs lessons
 */
record WorkbenchWindow(
        Workbench workbench,
        WorkbenchFrame frame,
        WorkbenchController controller,
        LessonsViewModel lessons) {
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
        Theme.apply(Theme.Mode.SYSTEM);
        Workbench workbench = new Workbench();
        WorkbenchController controller = new WorkbenchController(workbench, onFailure);
        LessonsViewModel lessons =
                new LessonsViewModel(workbench, controller, LessonLibrary.bundled());
        WorkbenchFrame frame = new WorkbenchFrame(Stations.of(workbench, controller, lessons));
        controller.reportTo(frame.statusBar());
        frame.setRight(new RecipeView(workbench), new VerdictView(workbench));
        Scene scene = frame.install(stage, WIDTH, HEIGHT);
        new WorkbenchMenus(workbench, controller, stage).addTo(frame, scene);
        addKeys(workbench, scene);
        new LessonDock(frame, lessons).install(scene);
        LessonMemory.attach(lessons);
        LessonLinks.openWith(lessons::start);
        stage.show();
        frame.requestFocus();
        controller.open(model);
        StationsAhead.begin(workbench, frame);
        return new WorkbenchWindow(workbench, frame, controller, lessons);
    }

    private static void addKeys(Workbench workbench, Scene scene) {
        WorkbenchFrame.onShortcut(scene, KeyCode.Z, workbench.history()::undo);
        WorkbenchFrame.onShortcut(scene, KeyCode.Y, workbench.history()::redo);
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

package io.agilelens.app.window;

import io.agilelens.views.LessonLinks;
import io.agilelens.views.action.Actions;
import io.agilelens.views.lessons.LessonLibrary;
import io.agilelens.views.lessons.LessonsViewModel;
import io.agilelens.views.palette.RecentEntries;
import io.agilelens.views.recipe.RecipeView;
import io.agilelens.views.verdict.VerdictView;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.scene.Scene;
import javafx.stage.Stage;

/**
 * The workbench in a stage: state, frame and what drives them.
 *
 * @param controller to be closed with the window
 * @param lessons runs lessons
 * @param actions all that the window can do
 * @param drops takes files that are dropped on the window
 */
record WorkbenchWindow(
        Workbench workbench,
        WorkbenchFrame frame,
        WorkbenchController controller,
        LessonsViewModel lessons,
        Actions actions,
        FileDrops drops) {
    static final double WIDTH = 1440;
    static final double HEIGHT = 900;

    /**
     * Fills a stage as it comes out of the box, shows it and opens a model in it.
     *
     * @param onFailure shows a person what did not work
     */
    static WorkbenchWindow open(Stage stage, String model, Consumer<Throwable> onFailure) {
        WindowSettings.USUAL.apply();
        return open(stage, EarlyOpening.begin(model), Optional.empty(), onFailure);
    }

    /**
     * The same with a model that is being opened already.
     *
     * @param memory what the window was like before, if it remembers; its settings are in force
     */
    static WorkbenchWindow open(
            Stage stage,
            EarlyOpening model,
            Optional<WindowMemory> memory,
            Consumer<Throwable> onFailure) {
        Workbench workbench = new Workbench();
        WorkbenchController controller = new WorkbenchController(workbench, onFailure);
        LessonsViewModel lessons =
                new LessonsViewModel(workbench, controller, LessonLibrary.bundled());
        WorkbenchFrame frame = new WorkbenchFrame(Stations.of(workbench, controller, lessons));
        controller.reportTo(frame.statusBar());
        controller.openStationsWith(frame::open);
        frame.setRight(new RecipeView(workbench), new VerdictView(workbench));
        Scene scene = frame.install(stage, WIDTH, HEIGHT);
        Actions actions = WindowActions.of(workbench, controller, stage, frame);
        RecentEntries recent = new RecentEntries();
        new WindowHelp(workbench, frame, actions, recent).addActions();
        new SettingsAction(stage, frame, memory).addTo(actions);
        LessonDock lessonDock = new LessonDock(frame, lessons);
        lessonDock.addTo(actions);
        actions.install(scene);
        new WorkbenchMenus(workbench, stage, actions).addTo(frame.topBar());
        FileDrops drops = FileDrops.of(workbench, controller);
        drops.install(frame, scene);
        PictureMenus.install(workbench, frame);
        memory.ifPresent(kept -> kept.follow(stage, frame, recent));
        LessonMemory.attach(lessons);
        LessonLinks.openWith(lessons::start);
        stage.show();
        frame.requestFocus();
        controller.open(model);
        StationsAhead.begin(workbench, frame);
        return new WorkbenchWindow(workbench, frame, controller, lessons, actions, drops);
    }

    /** The model that is open. */
    OpenedModel opened() {
        return workbench.modelProperty().get().orElseThrow();
    }
}

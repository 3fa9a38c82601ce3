package io.agilelens.app.window;

import io.agilelens.views.LessonLinks;
import io.agilelens.views.Notices;
import io.agilelens.views.action.Actions;
import io.agilelens.views.lessons.LessonLibrary;
import io.agilelens.views.lessons.LessonsViewModel;
import io.agilelens.views.palette.RecentEntries;
import io.agilelens.views.recipe.RecipeView;
import io.agilelens.views.verdict.VerdictView;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.scene.Scene;
import javafx.stage.Stage;

/**
 * The workbench in a stage: state, frame and what drives them.
 *
 * @param controller to be closed with the window; closes the keeper, too
 * @param lessons runs lessons
 * @param actions all that the window can do
 * @param drops takes files that are dropped on the window
 * @param keeper of the session
 */
record WorkbenchWindow(
        Workbench workbench,
        WorkbenchFrame frame,
        WorkbenchController controller,
        LessonsViewModel lessons,
        Actions actions,
        FileDrops drops,
        SessionKeeper keeper) {
    static final double WIDTH = 1440;
    static final double HEIGHT = 900;

    /**
     * Fills a stage as it comes out of the box, shows it and opens a model in it.
     *
     * @param onFailure shows a person what did not work
     */
    static WorkbenchWindow open(Stage stage, String model, Consumer<Throwable> onFailure) {
        WindowSettings.USUAL.apply();
        WorkbenchWindow window =
                show(stage, Optional.empty(), Optional.empty(), FileQuestions.of(stage), onFailure);
        window.controller.open(EarlyOpening.begin(model));
        return window;
    }

    /**
     * Fills a stage and shows it, without a model yet.
     *
     * @param memory what the window was like before, if it remembers; its settings are in force
     * @param state the user's folder for sessions that a crash must not lose and for how far
     *     lessons are; empty to keep nothing
     * @param questions asks a person for files
     * @param onFailure shows a person what did not work
     */
    static WorkbenchWindow show(
            Stage stage,
            Optional<WindowMemory> memory,
            Optional<Path> state,
            FileQuestions questions,
            Consumer<Throwable> onFailure) {
        Workbench workbench = new Workbench();
        WorkbenchController controller = new WorkbenchController(workbench, onFailure);
        LessonsViewModel lessons =
                new LessonsViewModel(workbench, controller, LessonLibrary.bundled());
        WorkbenchFrame frame = new WorkbenchFrame(Stations.of(workbench, controller, lessons));
        controller.reportTo(frame.statusBar());
        controller.openStationsWith(frame::open);
        controller.askBeforeLarge(
                (large, open) ->
                        LargeModelQuestion.ask(
                                stage, large, workbench.modelProperty().get(), open));
        VerdictView verdict = new VerdictView(workbench);
        frame.setRight(new RecipeView(workbench), verdict);
        frame.crampedProperty().subscribe(verdict::setBrief);
        Scene scene = frame.install(stage, WIDTH, HEIGHT);
        Actions actions = WindowActions.of(workbench, controller, stage, frame);
        RecentEntries recent = new RecentEntries();
        WindowHelp help = new WindowHelp(workbench, frame, actions, recent);
        help.addActions();
        new SettingsAction(stage, frame, workbench.dividers(), memory).addTo(actions);
        LessonDock lessonDock = new LessonDock(frame, lessons);
        lessonDock.addTo(actions);
        SessionKeeper keeper =
                new SessionKeeper(workbench, controller, frame, state, questions, onFailure);
        controller.onClose(keeper::close);
        SessionMenus session =
                new SessionMenus(workbench, controller, keeper, questions, stage, actions);
        actions.install(scene);
        session.addTo(frame.topBar());
        session.addTo(help);
        new WorkbenchMenus(workbench, stage, actions).addTo(frame.topBar());
        help.addTo(frame.topBar());
        FileDrops drops = FileDrops.of(workbench, controller);
        session.addTo(drops);
        drops.install(frame, scene);
        WindowTitle.keep(stage, workbench, keeper);
        PictureMenus.install(workbench, frame);
        memory.ifPresent(kept -> kept.follow(stage, frame, recent, workbench.dividers()));
        state.ifPresent(folder -> LessonMemory.attach(lessons, folder));
        LessonLinks.openWith(lessons::start);
        stage.show();
        frame.requestFocus();
        keeper.offerCrashed();
        memory.ifPresent(kept -> kept.refused().forEach(Notices::done));
        StationsAhead.begin(workbench, frame);
        return new WorkbenchWindow(workbench, frame, controller, lessons, actions, drops, keeper);
    }

    /** The model that is open. */
    OpenedModel opened() {
        return workbench.modelProperty().get().orElseThrow();
    }
}

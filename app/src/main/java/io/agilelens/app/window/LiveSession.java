package io.agilelens.app.window;

import io.agilelens.app.live.LiveLoop;
import io.agilelens.app.live.ModelSession;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.WeightSize;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.workbench.ChangedLayers;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.application.Platform;

/**
 * The model that is open and the live loop that keeps pictures and figures of it up to date. For
 * the JavaFX thread.
 */
final class LiveSession {
    private final Workbench workbench;
    private final Errands errands;
    private final Consumer<Throwable> onFailure;

    private WorkbenchStatusBar statusBar;

    /** What is open, or null. */
    private ModelSession session;

    /** What computes it, or null. */
    private LiveLoop loop;

    private int window;
    private TunedModel tuned;
    private double tokensPerSecond;

    /** Whether the loop waits for a measurement. */
    private boolean resting;

    /** What is pinned once its figures are exact, if it is still the recipe then; or null. */
    private Recipe pinWanted;

    /** Whether the pictures of the float model are asked for, before those of the recipe. */
    private boolean floatFirst;

    /** What the loop does, in the status bar, or null. */
    private WorkbenchStatusBar.Task task;

    /**
     * @param errands where what is no longer needed is closed
     * @param onFailure shows a person what did not work
     */
    LiveSession(Workbench workbench, Errands errands, Consumer<Throwable> onFailure) {
        this.workbench = workbench;
        this.errands = errands;
        this.onFailure = onFailure;
    }

    /** Says where progress is shown; before anything is asked for. */
    void reportTo(WorkbenchStatusBar bar) {
        statusBar = bar;
    }

    /** What is open, or null. */
    ModelSession session() {
        return session;
    }

    /** Which window of the text is shown. */
    int window() {
        return window;
    }

    /** The model with the latest recipe that was evaluated in full. */
    Optional<TunedModel> tuned() {
        return Optional.ofNullable(tuned);
    }

    /** Has the float model's pictures come first: they take one pass, fitting a recipe many. */
    void beginWithFloat(boolean wanted) {
        floatFirst = wanted;
    }

    /**
     * Shows another model, or the same with another text, from its first window on, once somebody
     * asks.
     *
     * @param note tells the history
     */
    void replace(ModelSession opened, Runnable note) {
        if (!isShaped(opened)) {
            workbench.forgetMeasurements();
        }
        retireLoop();
        session = opened;
        window = 0;
        tuned = null;
        pinWanted = null;
        workbench.comparisonProperty().set(Optional.empty());
        workbench.qualityProperty().set(Quality.NONE);
        workbench.studiesProperty().set(Studies.NONE);
        workbench.modelProperty().set(Optional.of(opened.opened()));
        OpenedModel model = opened.opened();
        statusBar.setPlacement(
                model.memory().placement().isStreamed(model.config())
                        ? model.memory().note(model.model())
                        : "");
        note.run();
        LoopListener listener = new LoopListener();
        loop = new LiveLoop(opened.opened(), opened.fitter(), listener);
        listener.owner = loop;
    }

    /** What is shown belongs to an older recipe from now on. */
    void recipeChanged() {
        workbench.qualityStaleProperty().set(true);
        workbench.changedLayersProperty().set(Optional.empty());
        ask();
    }

    /** Asks the live loop for what the window shows now. */
    void ask() {
        if (loop == null || !isSettled()) {
            return;
        }
        int layers = session.opened().config().layers();
        int layer = Math.clamp(workbench.selection().place().layer(), 0, layers - 1);
        Recipe recipe = floatFirst ? Recipe.FLOAT : workbench.history().recipe();
        if (loop.show(new LiveLoop.Wish(recipe, window, layer))) {
            workbench.comparisonStaleProperty().set(true);
        }
    }

    /** Whether the model and text that are open are those that the history asks for. */
    boolean isSettled() {
        return workbench
                .history()
                .subjectProperty()
                .get()
                .filter(subject -> subject.equals(session.opened().subject()))
                .isPresent();
    }

    /** Shows another window of the text, if there is one. */
    void showWindow(int wanted) {
        if (session != null && wanted >= 0 && wanted < session.opened().text().windows().size()) {
            window = wanted;
            ask();
        }
    }

    /** Whether the open model has the shapes that something was measured at. */
    boolean isShaped(ModelSession measured) {
        return session != null && session.opened().config().equals(measured.opened().config());
    }

    /** Stops what is computed; the next wish goes on. */
    void pause() {
        if (loop != null) {
            loop.pause();
        }
    }

    /** Stops what is computed, and waits for no run to pin. */
    void cancel() {
        pinWanted = null;
        pause();
    }

    /** Leaves the machine to a measurement. */
    void rest() {
        if (loop != null && !workbench.qualityProperty().get().isExact()) {
            resting = true;
            loop.pause();
        }
    }

    /** Goes on where it was not done. */
    void goOn() {
        if (resting) {
            resting = false;
            ask();
        }
    }

    /** Keeps what is shown for comparison, as soon as its figures are exact. */
    void pinRun() {
        if (session == null) {
            return;
        }
        Quality quality = workbench.qualityProperty().get();
        boolean current =
                quality.isExact() && quality.recipe().equals(workbench.history().recipe());
        if (current && tuned != null) {
            pin(quality);
        } else {
            pinWanted = workbench.history().recipe();
            Notices.done(Messages.text("status.pin.waiting"));
            ask();
        }
    }

    private void pinIfWanted(Quality quality) {
        if (pinWanted == null) {
            return;
        }
        if (!pinWanted.equals(quality.recipe())) {
            // Never another one than was meant.
            Notices.done(Messages.text("status.pin.changed", pinWanted.summary()));
            pinWanted = null;
        } else if (quality.isExact()) {
            pin(quality);
        }
    }

    private void pin(Quality quality) {
        pinWanted = null;
        String wish =
                session.opened().presets().stream()
                        .filter(preset -> preset.recipe().equals(quality.recipe()))
                        .map(Preset::name)
                        .findFirst()
                        .orElse(quality.recipe().summary());
        WeightSize size = WeightSize.of(tuned);
        String name =
                workbench.freeRunName(
                        session.opened().planting().isPresent()
                                ? Messages.text("compare.planted.name", wish)
                                : wish);
        workbench
                .runs()
                .add(
                        new PinnedRun(
                                name,
                                quality.recipe(),
                                session.opened().subject(),
                                session.opened().planting(),
                                quality.baseline().orElseThrow(),
                                quality.tuned().orElseThrow(),
                                size.bitsPerWeight(),
                                size.bytes(),
                                tokensPerSecond));
        Notices.done(Messages.text("status.pinned", name));
    }

    /** The JavaFX thread cannot wait for what a loop has begun. */
    private void retireLoop() {
        if (loop != null) {
            loop.pause();
            errands.afterwards(loop::close);
            loop = null;
        }
    }

    /** Stops the loop for good; the model is closed once nothing touches it any more. */
    void stop() {
        retireLoop();
        if (session != null) {
            errands.afterwards(session::close);
            session = null;
        }
    }

    /**
     * Carries the loop's results to the JavaFX thread and drops those that are no longer asked for.
     */
    private final class LoopListener implements LiveLoop.Listener {
        /** The loop that this listens to; touched on the JavaFX thread. */
        private LiveLoop owner;

        private void onFx(Runnable update) {
            Platform.runLater(
                    () -> {
                        if (owner == loop) {
                            update.run();
                        }
                    });
        }

        private boolean isCurrent(Recipe recipe) {
            return recipe.equals(workbench.history().recipe());
        }

        @Override
        public void erred(ChangedLayers layers) {
            onFx(() -> workbench.changedLayersProperty().set(Optional.of(layers)));
        }

        @Override
        public void compared(WindowComparison comparison) {
            onFx(
                    () -> {
                        Recipe recipe = comparison.model().recipe();
                        if (floatFirst && recipe.isFloat()) {
                            floatFirst = false;
                            // Dimmed, as what belongs to another recipe always is.
                            workbench.comparisonProperty().set(Optional.of(comparison));
                            ask();
                        } else if (isCurrent(recipe)) {
                            workbench.comparisonProperty().set(Optional.of(comparison));
                            workbench.comparisonStaleProperty().set(false);
                        }
                    });
        }

        @Override
        public void evaluated(Quality quality, TunedModel model, double speed) {
            onFx(
                    () -> {
                        if (isCurrent(quality.recipe())) {
                            if (!quality.isSketch()) {
                                tuned = model;
                                tokensPerSecond = speed;
                            }
                            workbench.qualityProperty().set(quality);
                            workbench.qualityStaleProperty().set(false);
                            pinIfWanted(quality);
                        }
                    });
        }

        @Override
        public void progressed(String step, long done, long total) {
            onFx(
                    () -> {
                        if (errands.areShown()) {
                            return;
                        }
                        if (task == null || !task.isShown()) {
                            task = statusBar.track("", new Cancellation(LiveSession.this::cancel));
                        }
                        task.report(step, done, total);
                    });
        }

        @Override
        public void idle() {
            onFx(
                    () -> {
                        if (task != null) {
                            task.finish("");
                            task = null;
                        }
                    });
        }

        @Override
        public void failed(UserException reason) {
            onFx(() -> onFailure.accept(reason));
        }

        @Override
        public void broke(Throwable failure) {
            onFx(() -> onFailure.accept(failure));
        }
    }
}

package io.agilelens.app.window;

import io.agilelens.app.StartTimes;
import io.agilelens.app.session.SessionJson;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.UserState;
import io.agilelens.engine.kernel.Workers;
import java.nio.file.Path;
import java.util.Optional;
import javafx.application.Application;
import javafx.stage.Stage;

/**
 * The window as a program: a splash as soon as JavaFX runs, then the workbench. The model is opened
 * beside all that.
 */
public final class WorkbenchApplication extends Application {
    /** What opens when nobody says otherwise. */
    public static final String FIRST_MODEL = "sample:llama-tiny";

    /** JavaFX makes the application itself and hands it nothing but words. */
    private static Optional<EarlyOpening> first = Optional.empty();

    /** The session to open in place of a model. */
    private static Optional<Path> session = Optional.empty();

    private static WindowMemory memory;

    private static volatile boolean started;

    private WorkbenchWindow window;

    /**
     * Returns when the window is closed.
     *
     * @param name what to open: a model, or the file of a session
     */
    public static void launch(String name) {
        memory = WindowMemory.ofUser();
        int threads = memory.settings().threads();
        if (threads > 0 && System.getProperty(Workers.PROPERTY) == null) {
            System.setProperty(Workers.PROPERTY, Integer.toString(threads));
        }
        if (!name.startsWith(ModelReference.SAMPLE_PREFIX)
                && SessionJson.isNamedSession(Path.of(name))) {
            session = Optional.of(Path.of(name));
        } else {
            first = Optional.of(EarlyOpening.begin(name));
        }
        Application.launch(WorkbenchApplication.class);
    }

    /** Whether JavaFX came up, so that a failure since then is not for want of a display. */
    public static boolean hasStarted() {
        return started;
    }

    @Override
    public void start(Stage stage) {
        started = true;
        StartTimes.reached(StartTimes.Step.TOOLKIT);
        StartWatch.prepare();
        Splash splash = new Splash(memory.settings().theme());
        splash.show();
        Pulses.afterDrawing(
                () -> {
                    StartTimes.reached(StartTimes.Step.SPLASH);
                    open(stage);
                    Pulses.afterDrawing(splash::hide);
                    StartWatch.follow(window.workbench(), window.frame());
                });
    }

    private void open(Stage stage) {
        Thread.setDefaultUncaughtExceptionHandler(new UncaughtFailures(stage));
        memory.settings().apply();
        // Who measures the start leaves the window as a person had it, and takes nobody's session.
        boolean measured = StartTimes.areWanted();
        window =
                WorkbenchWindow.show(
                        stage,
                        measured ? Optional.empty() : Optional.of(memory),
                        measured ? Optional.empty() : Optional.of(UserState.folder()),
                        FileQuestions.of(stage),
                        failure -> Dialogs.showError(stage, failure));
        first.ifPresent(window.controller()::open);
        session.ifPresent(window.keeper()::open);
    }

    @Override
    public void stop() {
        if (window == null) {
            // The splash was closed before there was more.
            first.ifPresent(opening -> opening.cancellation().cancel());
        } else {
            memory.close();
            window.controller().close();
        }
    }
}

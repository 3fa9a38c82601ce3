package io.agilelens.app.window;

import io.agilelens.app.StartTimes;
import io.agilelens.engine.kernel.Workers;
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
    private static EarlyOpening first;

    private static WindowMemory memory;

    private WorkbenchWindow window;

    /**
     * Returns when the window is closed.
     *
     * @param model what to open
     */
    public static void launch(String model) {
        memory = WindowMemory.ofUser();
        int threads = memory.settings().threads();
        if (threads > 0 && System.getProperty(Workers.PROPERTY) == null) {
            System.setProperty(Workers.PROPERTY, Integer.toString(threads));
        }
        first = EarlyOpening.begin(model);
        Application.launch(WorkbenchApplication.class);
    }

    @Override
    public void start(Stage stage) {
        StartTimes.reached(StartTimes.Step.TOOLKIT);
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
        memory.settings().apply();
        window =
                WorkbenchWindow.open(
                        stage,
                        first,
                        Optional.of(memory),
                        failure -> Dialogs.showError(stage, failure));
    }

    @Override
    public void stop() {
        if (window == null) {
            // The splash was closed before there was more.
            first.cancellation().cancel();
        } else {
            memory.close();
            window.controller().close();
        }
    }
}

package io.agilelens.app.window;

import io.agilelens.app.StartTimes;
import java.util.List;
import javafx.application.Application;
import javafx.stage.Stage;

/** The window as a program. Its one argument names the model to open. */
public final class WorkbenchApplication extends Application {
    /** What opens when nobody says otherwise. */
    public static final String FIRST_MODEL = "sample:llama-tiny";

    private WorkbenchWindow window;

    @Override
    public void start(Stage stage) {
        StartTimes.reached(StartTimes.Step.TOOLKIT);
        List<String> arguments = getParameters().getRaw();
        String model = arguments.isEmpty() ? FIRST_MODEL : arguments.getFirst();
        window = WorkbenchWindow.open(stage, model, failure -> Dialogs.showError(stage, failure));
        StartWatch.follow(window.workbench(), window.frame());
    }

    @Override
    public void stop() {
        window.controller().close();
    }
}

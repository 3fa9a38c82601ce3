package io.agilelens.app;

import io.agilelens.app.window.WorkbenchApplication;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.ModelReference;
import javafx.application.Application;

/** Opens the window. */
final class WindowLauncher {
    private WindowLauncher() {}

    /**
     * @param model what to show, or null for the sample
     * @return the exit status, when the window is closed
     */
    static int open(String model) {
        String reference = model == null ? WorkbenchApplication.FIRST_MODEL : model;
        // A mistyped name is told here, before a window comes up to say it.
        ModelReference.parse(reference).path();
        if (!hasDisplay()) {
            throw new UserException(
                    "there is no display to open the window on: set DISPLAY, or use a command"
                            + " (agilelens --help lists them)");
        }
        Application.launch(WorkbenchApplication.class, reference);
        return 0;
    }

    private static boolean hasDisplay() {
        return !System.getProperty("os.name").equals("Linux")
                || "Headless".equals(System.getProperty("glass.platform"))
                || isSet("DISPLAY")
                || isSet("WAYLAND_DISPLAY");
    }

    private static boolean isSet(String variable) {
        String value = System.getenv(variable);
        return value != null && !value.isBlank();
    }
}

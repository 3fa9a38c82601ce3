package io.agilelens.app;

import io.agilelens.app.window.WorkbenchApplication;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.Printable;
import java.nio.file.Files;

/** Opens the window. */
final class WindowLauncher {
    private static final String DISPLAY = "DISPLAY";
    private static final String OR_A_COMMAND = "or use a command (agilelens --help lists them)";

    private WindowLauncher() {}

    /**
     * Returns when the window is closed.
     *
     * @param model what to show, or null for the sample
     * @throws UserException if there is no such model, or no display that a window can be opened on
     */
    static void open(String model) {
        String reference = model == null ? WorkbenchApplication.FIRST_MODEL : model;
        // A mistyped name is told here, before a window comes up to say it.
        if (!Files.exists(ModelReference.parse(reference).path())) {
            throw new UserException(
                    "%s is neither a command nor a model: check the path, or see agilelens --help"
                            .formatted(Printable.of(reference)));
        }
        if (!hasDisplay()) {
            throw new UserException(
                    "there is no display to open the window on: set DISPLAY, " + OR_A_COMMAND);
        }
        try {
            WorkbenchApplication.launch(reference);
        } catch (RuntimeException | LinkageError failure) {
            if (WorkbenchApplication.hasStarted() || !isLinux()) {
                throw failure;
            }
            throw noWindow(failure);
        }
    }

    /** JavaFX did not get as far as the window: what it needs of the system is not there. */
    private static UserException noWindow(Throwable failure) {
        return new UserException(
                "the window cannot be opened%s: %s; check that the display is there and lets you in, and that GTK 3 is installed, %s"
                        .formatted(
                                isSet(DISPLAY)
                                        ? " on display " + Printable.of(System.getenv(DISPLAY))
                                        : "",
                                Printable.of(failure.getMessage()),
                                OR_A_COMMAND),
                failure);
    }

    private static boolean hasDisplay() {
        return !isLinux()
                || "Headless".equals(System.getProperty("glass.platform"))
                || isSet(DISPLAY)
                || isSet("WAYLAND_DISPLAY");
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").equals("Linux");
    }

    private static boolean isSet(String variable) {
        String value = System.getenv(variable);
        return value != null && !value.isBlank();
    }
}

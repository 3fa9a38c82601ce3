package io.agilelens.app;

import io.agilelens.app.window.WorkbenchApplication;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.Printable;
import java.nio.file.Files;

/** Opens the window. */
final class WindowLauncher {
    private WindowLauncher() {}

    /**
     * Returns when the window is closed.
     *
     * @param model what to show, or null for the sample
     * @throws UserException if there is no such model or no display
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
                    "there is no display to open the window on: set DISPLAY, or use a command"
                            + " (agilelens --help lists them)");
        }
        WorkbenchApplication.launch(reference);
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

package io.agilelens.app;

import io.agilelens.engine.UserException;

/** Opens the window. */
final class WindowLauncher {
    private WindowLauncher() {}

    /**
     * @param model what to show, or null for the sample
     * @return the exit status, when the window is closed
     */
    static int open(String model) {
        throw new UserException("this build has no window; agilelens --help lists the commands");
    }
}

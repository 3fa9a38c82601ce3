package io.agilelens.app.window;

import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;

/**
 * A station that is no part of the program: the place to add a view. Implementations are found by
 * {@link java.util.ServiceLoader} and stand behind the stations of the program.
 */
public interface AddedStation {

    /**
     * Makes it for a window.
     *
     * @param workbench what to show: results arrive in its properties, on the JavaFX thread
     * @param actions what to ask for
     */
    Station station(Workbench workbench, WorkbenchActions actions);
}

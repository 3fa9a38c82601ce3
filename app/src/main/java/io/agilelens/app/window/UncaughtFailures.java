package io.agilelens.app.window;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import javafx.application.Platform;
import javafx.scene.control.Alert;
import javafx.stage.Window;

/**
 * Tells a person what nothing in the window caught, such as memory that ran out while a picture was
 * painted; the window stays as it is. One at a time, for what fails once often fails again at once.
 * What went wrong inside JavaFX alone goes to standard error only.
 */
final class UncaughtFailures implements Thread.UncaughtExceptionHandler {
    private static final String OWN = "io.agilelens.";

    private final Window owner;
    private final AtomicBoolean telling = new AtomicBoolean();

    /**
     * @param owner of the dialogs
     */
    UncaughtFailures(Window owner) {
        this.owner = owner;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        boolean exhausted = failure instanceof OutOfMemoryError;
        if (!exhausted) {
            failure.printStackTrace();
        }
        if ((exhausted || isOwn(failure)) && telling.compareAndSet(false, true)) {
            Platform.runLater(() -> tell(failure));
        }
    }

    private void tell(Throwable failure) {
        try {
            Alert alert = Dialogs.errorAlert(owner, failure);
            alert.show();
            alert.showingProperty().addListener((_, _, now) -> telling.set(now));
        } catch (RuntimeException | Error again) {
            telling.set(false);
            throw again;
        }
    }

    private static boolean isOwn(Throwable failure) {
        return Arrays.stream(failure.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith(OWN));
    }
}

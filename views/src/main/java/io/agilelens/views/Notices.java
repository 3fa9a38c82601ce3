package io.agilelens.views;

import io.agilelens.engine.UserException;
import java.util.function.Consumer;

/**
 * Where views report what happened and what went wrong, without knowing the window. The window sets
 * itself as the listener when it opens; until then failures are thrown.
 */
public final class Notices {
    private static Consumer<String> onSuccess = text -> {};
    private static Consumer<UserException> onFailure =
            failure -> {
                throw failure;
            };

    private Notices() {}

    /** Sets who shows outcomes; on the JavaFX thread. */
    public static void showWith(Consumer<String> success, Consumer<UserException> failure) {
        onSuccess = success;
        onFailure = failure;
    }

    /** Says in one line that something is done. */
    public static void done(String text) {
        onSuccess.accept(text);
    }

    /** Says what is wrong and how to mend it. */
    public static void failed(UserException failure) {
        onFailure.accept(failure);
    }
}

package io.agilelens.app.window;

import io.agilelens.app.live.FirstLook;
import io.agilelens.app.live.ModelSession;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.WindowComparison;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A model that is opened while its window is still being built. */
final class EarlyOpening {
    private final String reference;
    private final Opener opener;
    private final CompletableFuture<Opened> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> window = new CompletableFuture<>();
    private final Cancellation cancellation = new Cancellation(this::windowIsThere);
    private volatile Progress progress = Progress.NONE;

    /**
     * @param firstLook at the float model, where that takes a moment only
     */
    record Opened(ModelSession session, Optional<WindowComparison> firstLook)
            implements AutoCloseable {
        @Override
        public void close() {
            session.close();
        }
    }

    /** Opens a model. */
    @FunctionalInterface
    interface Opener {
        ModelSession open(String reference, Progress progress, Cancellation cancellation);
    }

    private EarlyOpening(String reference, Opener opener) {
        this.reference = reference;
        this.opener = opener;
    }

    /** Begins to open a model, on a thread of its own. */
    static EarlyOpening begin(String reference) {
        return begin(reference, ModelSession::open);
    }

    /** The same, opened by something else. */
    static EarlyOpening begin(String reference, Opener opener) {
        EarlyOpening opening = new EarlyOpening(reference, opener);
        Thread.ofPlatform().name("first model").daemon().start(opening::open);
        return opening;
    }

    private void open() {
        try {
            opened.complete(cancellation.during(this::openAndLook));
        } catch (RuntimeException | Error failure) {
            opened.completeExceptionally(failure);
        }
    }

    private Opened openAndLook() {
        ModelSession session =
                opener.open(
                        reference,
                        (step, done, total) -> progress.report(step, done, total),
                        cancellation);
        try {
            return new Opened(session, FirstLook.at(session, cancellation));
        } catch (RuntimeException | Error failure) {
            session.close();
            throw failure;
        }
    }

    /** The model that is opened. */
    String reference() {
        return reference;
    }

    /** Says that the window is drawn and may show the model. */
    void windowIsThere() {
        window.complete(null);
    }

    /**
     * Waits for the model and for the window, which would be later if it had to show the model,
     * too; to be called once.
     *
     * @param listener hears how far it is from now on
     * @return what was opened; the session is to be closed by the caller
     */
    Opened await(Progress listener) {
        progress = listener;
        try {
            Opened model = opened.join();
            window.join();
            if (cancellation.isCancelled()) {
                model.close();
                cancellation.check();
            }
            return model;
        } catch (CompletionException failure) {
            switch (failure.getCause()) {
                case RuntimeException reason -> throw reason;
                case Error reason -> throw reason;
                default -> throw failure;
            }
        }
    }

    /** Gives the model up; {@link #await} then ends with that. */
    Cancellation cancellation() {
        return cancellation;
    }
}

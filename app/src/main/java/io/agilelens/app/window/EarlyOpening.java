package io.agilelens.app.window;

import io.agilelens.app.live.ModelSession;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A model that is opened while its window is still being built. */
final class EarlyOpening {
    private final String reference;
    private final Cancellation cancellation = new Cancellation();
    private final CompletableFuture<ModelSession> session = new CompletableFuture<>();
    private volatile Progress progress = Progress.NONE;

    private EarlyOpening(String reference) {
        this.reference = reference;
    }

    /** Begins to open a model, on a thread of its own. */
    static EarlyOpening begin(String reference) {
        EarlyOpening opening = new EarlyOpening(reference);
        Thread.ofPlatform().name("first model").daemon().start(opening::open);
        return opening;
    }

    private void open() {
        try {
            session.complete(
                    cancellation.during(
                            () ->
                                    ModelSession.open(
                                            reference,
                                            (step, done, total) ->
                                                    progress.report(step, done, total),
                                            cancellation)));
        } catch (RuntimeException | Error failure) {
            session.completeExceptionally(failure);
        }
    }

    /** The model that is opened. */
    String reference() {
        return reference;
    }

    /**
     * Waits for the session; to be called once.
     *
     * @param listener hears how far it is from now on
     * @return the session, to be closed by the caller
     */
    ModelSession await(Progress listener) {
        progress = listener;
        try {
            return session.join();
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

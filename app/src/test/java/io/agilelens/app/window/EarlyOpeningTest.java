package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Progress;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EarlyOpeningTest {
    private static final String SAMPLE = "sample:llama-tiny";

    private final EarlyOpening opening = EarlyOpening.begin(SAMPLE);
    private final CompletableFuture<EarlyOpening.Opened> awaited =
            CompletableFuture.supplyAsync(() -> opening.await(Progress.NONE));

    @Test
    void theModelWaitsForItsWindow() throws Exception {
        awaitOpeningThread();
        assertThrows(TimeoutException.class, () -> awaited.get(50, TimeUnit.MILLISECONDS));
        opening.windowIsThere();
        try (EarlyOpening.Opened opened = awaited.get()) {
            assertEquals(SAMPLE, opened.session().opened().subject().model());
            assertTrue(opened.firstLook().isPresent());
        }
    }

    @Test
    void theWindowNeedNotWaitForItsModel() throws Exception {
        opening.windowIsThere();
        awaited.get().close();
    }

    /** As when the window is closed before it is drawn. */
    @Test
    void whoIsCancelledWaitsForNothing() throws Exception {
        awaitOpeningThread();
        assertFalse(awaited.isDone());
        opening.cancellation().cancel();
        CompletionException failure = assertThrows(CompletionException.class, awaited::join);
        assertTrue(failure.getCause() instanceof CancellationException, failure::toString);
    }

    @Test
    void whatCannotBeOpenedIsSaidAtOnce() {
        UserException reason = new UserException("no such model");
        EarlyOpening failing =
                EarlyOpening.begin(
                        SAMPLE,
                        (_, _, _) -> {
                            throw reason;
                        });
        assertEquals(reason, assertThrows(UserException.class, () -> failing.await(Progress.NONE)));
        opening.cancellation().cancel();
    }

    private static void awaitOpeningThread() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("first model")) {
                thread.join();
            }
        }
    }
}

package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.task.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javafx.application.Platform;
import javafx.scene.Parent;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

class BackgroundTest extends GuiTest {
    private final List<String> delivered = new ArrayList<>();

    @Override
    protected Parent createRoot() {
        return new StackPane();
    }

    @Test
    void onlyTheLatestRequestOfAKeyIsDelivered() throws Exception {
        Object key = new Object();
        Object other = new Object();
        CountDownLatch gate = new CountDownLatch(1);
        interact(
                () -> {
                    Background.latest(key, () -> await(gate, "old"), delivered::add);
                    Background.latest(key, () -> "skipped", delivered::add);
                    Background.latest(other, () -> "other", delivered::add);
                    Background.latest(key, () -> "new", delivered::add);
                });
        gate.countDown();
        Background.awaitIdle();
        assertEquals(List.of("other", "new"), delivered);
    }

    @Test
    void worksElsewhereAndDeliversOnTheJavaFxThread() throws Exception {
        List<Boolean> onFx = new ArrayList<>();
        Object key = new Object();
        interact(
                () ->
                        Background.latest(
                                key,
                                Platform::isFxApplicationThread,
                                worked -> {
                                    onFx.add(worked);
                                    onFx.add(Platform.isFxApplicationThread());
                                }));
        Background.awaitIdle();
        assertFalse(onFx.get(0));
        assertTrue(onFx.get(1));
    }

    @Test
    void nothingIsDeliveredToAWindowThatIsGoneNotEvenFailures() throws Exception {
        Object reading = new Object();
        Object picture = new Object();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        List<Throwable> uncaught = new ArrayList<>();
        interact(
                () -> {
                    Thread.currentThread()
                            .setUncaughtExceptionHandler((_, failure) -> uncaught.add(failure));
                    Background.<String>lengthy(
                            reading,
                            () -> {
                                begun.countDown();
                                await(closed, "");
                                throw new IllegalStateException("Already closed");
                            },
                            delivered::add);
                    Background.latest(picture, () -> await(closed, "picture"), delivered::add);
                });
        begun.await();
        interact(Background::dropAll);
        closed.countDown();
        Background.awaitIdle();
        interact(() -> Thread.currentThread().setUncaughtExceptionHandler(null));
        assertEquals(List.of(), delivered);
        assertEquals(List.of(), uncaught);
        interact(() -> Background.latest(picture, () -> "new", delivered::add));
        Background.awaitIdle();
        assertEquals(List.of("new"), delivered);
    }

    @Test
    void lengthyWorkHoldsUpNoPictureAndIsCancelledByTheNextRequest() throws Exception {
        Object reading = new Object();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        interact(
                () ->
                        Background.lengthy(
                                reading, () -> untilCancelled(begun, cancelled), delivered::add));
        begun.await();
        CountDownLatch pictured = new CountDownLatch(1);
        Object picture = new Object();
        interact(
                () ->
                        Background.latest(
                                picture,
                                () -> "picture",
                                made -> {
                                    delivered.add(made);
                                    pictured.countDown();
                                }));
        pictured.await();
        interact(() -> Background.lengthy(reading, () -> "new", delivered::add));
        cancelled.await();
        Background.awaitIdle();
        assertEquals(List.of("picture", "new"), delivered);
        interact(
                () -> {
                    Background.lengthy(reading, () -> "given up", delivered::add);
                    Background.drop(reading);
                });
        Background.awaitIdle();
        assertEquals(List.of("picture", "new"), delivered);
    }

    private static String untilCancelled(CountDownLatch begun, CountDownLatch cancelled) {
        begun.countDown();
        try {
            while (true) {
                Cancellation.current().check();
                Thread.onSpinWait();
            }
        } finally {
            cancelled.countDown();
        }
    }

    private static String await(CountDownLatch gate, String result) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return result;
    }
}

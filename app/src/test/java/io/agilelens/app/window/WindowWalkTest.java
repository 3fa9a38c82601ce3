package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.task.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import javafx.application.Platform;
import javafx.event.Event;
import javafx.event.EventDispatcher;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxToolkit;

/**
 * The window under random actions; {@code -Dagilelens.walk.minutes=10} walks longer, {@code
 * -Dagilelens.walk.seed} elsewhere. {@code .ci/run} says when it began, and the walk goes on for as
 * long as its half hour allows. The command {@code monkey} does the same for hours. By its name the
 * class is among those that begin first, and other classes run beside it.
 */
class WindowWalkTest {
    private static final long SEED = Long.getLong("agilelens.walk.seed", 11);
    private static final int MINUTES = Integer.getInteger("agilelens.walk.minutes", 0);

    /** Second of the epoch at which a run of all tests began that has half an hour; 0 if none. */
    private static final long BEGAN = Long.getLong("agilelens.walk.began", 0);

    private static final Duration SHORTEST = Duration.ofSeconds(75);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** What a run of all tests may take. */
    private static final Duration ALL = Duration.ofMinutes(27);

    /** Of a run of all tests without a walk, about what is over when the window's tests begin. */
    private static final double OVER = 0.45;

    /** About how much longer a run gets by each minute of a walk, beside which others run. */
    private static final double ADDED = 0.55;

    @Test
    void nothingBreaksUnderRandomActions() throws Exception {
        FxToolkit.registerPrimaryStage();
        Platform.setImplicitExit(false);
        StringWriter log = new StringWriter();
        Duration time = time();
        RandomWalk.Result result =
                new RandomWalk(SEED, 60, new PrintWriter(log, true), Progress.NONE)
                        .walk(time, Integer.MAX_VALUE);
        assertTrue(
                result.failures().isEmpty(),
                () -> String.join("\n", result.failures()) + "\nafter\n" + log);
        assertTrue(result.actions() > 0);
        System.out.printf(
                "walk %d of %d s: %d actions, heap %s, longest without an answer %.0f ms%n",
                SEED, time.toSeconds(), result.actions(), result.trend(), result.longestMillis());
    }

    private static Duration time() {
        if (MINUTES > 0) {
            return Duration.ofMinutes(MINUTES);
        }
        return BEGAN > 0
                ? timeWithin(Duration.between(Instant.ofEpochSecond(BEGAN), Instant.now()))
                : SHORTEST;
    }

    /** How long the walk may take after what the tests before it took on this machine. */
    private static Duration timeWithin(Duration before) {
        double left = (ALL.toSeconds() - before.toSeconds() / OVER) / ADDED;
        return Duration.ofSeconds(
                Math.clamp(Math.round(left), SHORTEST.toSeconds(), LONGEST.toSeconds()));
    }

    @Test
    void theWalkIsAsLongAsAFastMachineAllows() {
        assertEquals(LONGEST, timeWithin(Duration.ofMinutes(9)));
        assertEquals(Duration.ofSeconds(279), timeWithin(Duration.ofMinutes(11)));
        assertEquals(SHORTEST, timeWithin(Duration.ofMinutes(13)));
        assertEquals(SHORTEST, timeWithin(Duration.ofHours(1)));
    }

    @Test
    void everyActionHasItsShare() {
        List<WalkAction> actions = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            actions.add(WalkAction.at(i / 1000.0));
        }
        // Every action has its share, in the order of the list.
        assertEquals(List.of(WalkAction.values()), actions.stream().distinct().toList());
    }

    @Test
    void aPopupBeyondTheHeadlessScreensEdgeIsNoFaultOfOurs() {
        String type = "com.sun.glass.ui.headless.HeadlessWindow";
        for (String method : List.of("blit", "clearRect")) {
            assertTrue(RandomWalk.isOfJavaFx(outOfBounds(type, method)), method);
        }
        assertFalse(RandomWalk.isOfJavaFx(outOfBounds(type, "requestFocus")));
        assertFalse(RandomWalk.isOfJavaFx(outOfBounds(WindowWalkTest.class.getName(), "blit")));
    }

    private static IndexOutOfBoundsException outOfBounds(String type, String method) {
        IndexOutOfBoundsException failure = new IndexOutOfBoundsException();
        failure.setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement("java.nio.Buffer", "checkIndex", "Buffer.java", 1),
                    new StackTraceElement(type, method, null, 1)
                });
        return failure;
    }

    @Test
    void noPastEventHoldsAWindow() throws Exception {
        FxToolkit.registerPrimaryStage();
        WeakReference<byte[]> window =
                WindowTest.onFx(
                        () -> {
                            byte[] held = new byte[1];
                            EventDispatcher holder = (event, _) -> held.length == 1 ? event : null;
                            // What is appended under way stays in JavaFX's chain.
                            Event.fireEvent(
                                    chain ->
                                            chain.append(
                                                    (event, tail) ->
                                                            tail.append(holder)
                                                                    .dispatchEvent(event)),
                                    new Event(Event.ANY));
                            RandomWalk.forgetPastEvents();
                            return new WeakReference<>(held);
                        });
        for (int i = 0; i < 100 && window.get() != null; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertNull(window.get());
    }

    @Test
    void aThreadThatStandsStillInOurCodeIsTold() throws Exception {
        FxToolkit.registerPrimaryStage();
        CompletableFuture<Thread> fx = new CompletableFuture<>();
        Platform.runLater(() -> fx.complete(Thread.currentThread()));
        CountDownLatch told = new CountDownLatch(1);
        CompletableFuture<String> message = new CompletableFuture<>();
        try (Heartbeat heartbeat =
                new Heartbeat(
                        fx.get(),
                        200,
                        text -> {
                            message.complete(text);
                            told.countDown();
                        })) {
            // Stands still until somebody notices.
            Platform.runLater(() -> await(told));
            assertTrue(message.get().contains("WindowWalkTest"), message.get());
            assertTrue(heartbeat.longestMillis() >= 200);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aHeapThatGrowsIsFoundAndOneThatVariesIsNot() {
        List<Long> flat = new ArrayList<>();
        List<Long> growing = new ArrayList<>();
        List<Long> warming = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            long noise = (i * 7919L % 13 - 6) << 20;
            flat.add((150L << 20) + noise);
            growing.add((150L << 20) + noise + ((long) i << 20));
            warming.add((150L << 20) + noise - (i < 8 ? (60L << 20) : 0));
        }
        assertFalse(HeapTrend.of(flat).leaks());
        assertTrue(HeapTrend.of(growing).leaks());
        assertFalse(HeapTrend.of(warming).leaks());
        assertEquals(19 << 20, HeapTrend.of(growing).growth(), 5 << 20);
        assertFalse(HeapTrend.of(growing.subList(0, 5)).leaks(), "too short to tell");
        assertEquals(0, HeapTrend.of(List.of()).samples());
    }

    /** A window holds more the longer it has been used, until it is replaced. */
    @Test
    void measurementsInTheSameWindowAreNoTrend() {
        RandomGenerator random = new SplittableRandom(5);
        int alarms = 0;
        int found = 0;
        for (int series = 0; series < 1000; series++) {
            List<Long> alike = new ArrayList<>();
            List<Long> growing = new ArrayList<>();
            double window = 0;
            for (int i = 0; i < 93; i++) {
                window = 0.3 * window + random.nextGaussian(0, 26);
                alike.add(Math.round((190 + window) * (1 << 20)));
                growing.add(Math.round((190 + window + 2 * i) * (1 << 20)));
            }
            alarms += HeapTrend.of(alike).leaks() ? 1 : 0;
            found += HeapTrend.of(growing).leaks() ? 1 : 0;
        }
        assertTrue(alarms <= 5, alarms + " of 1000");
        assertTrue(found >= 995, found + " of 1000");
    }
}

package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

    @ParameterizedTest
    @CsvSource({"1, 10, 1", "3, 0, 1", "3, 1, 1", "3, 100, 1", "3, 100, 7", "2, 1021, 300"})
    void everyIterationRunsOnce(int threads, int count, int grain) {
        try (Workers workers = Workers.of(threads)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(count);
            workers.forRanges(count, grain, (from, to) -> count(runs, from, to));
            for (int i = 0; i < count; i++) {
                assertEquals(1, runs.get(i), "iteration " + i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 144, 1, 32", "2, 9, 1, 8", "16, 36, 1, 36", "3, 100, 30, 4", "1, 10, 1, 4"})
    void piecesAreCutEvenlyForAllThreads(int threads, int count, int grain, int pieces) {
        try (Workers workers = Workers.of(threads)) {
            List<Integer> lengths = Collections.synchronizedList(new ArrayList<>());
            workers.forRanges(count, grain, (from, to) -> lengths.add(to - from));
            assertEquals(pieces, lengths.size());
            assertTrue(Collections.max(lengths) - Collections.min(lengths) <= 1, "" + lengths);
        }
    }

    private static void count(AtomicIntegerArray runs, int from, int to) {
        for (int i = from; i < to; i++) {
            runs.incrementAndGet(i);
        }
    }

    @Test
    void theThreadsWorkAtTheSameTime() {
        try (Workers workers = Workers.of(3)) {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            CountDownLatch allThere = new CountDownLatch(3);
            workers.forRanges(
                    3,
                    1,
                    (from, to) -> {
                        threads.add(Thread.currentThread());
                        allThere.countDown();
                        await(allThere);
                    });
            assertEquals(3, threads.size());
            assertTrue(threads.contains(Thread.currentThread()));
        }
    }

    @Test
    void theFirstExceptionReachesTheCaller() {
        try (Workers workers = Workers.of(2)) {
            var thrown = new IllegalStateException("told");
            var caught =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    workers.forRanges(
                                            100,
                                            1,
                                            (from, to) -> {
                                                if (from >= 50) {
                                                    throw thrown;
                                                }
                                            }));
            assertSame(thrown, caught);
            AtomicInteger after = new AtomicInteger();
            workers.forRanges(10, 1, (from, to) -> after.addAndGet(to - from));
            assertEquals(10, after.get(), "the workers survive");
        }
    }

    @Test
    void nestedLoopsRunInline() {
        try (Workers workers = Workers.of(3)) {
            AtomicInteger inner = new AtomicInteger();
            workers.forRanges(
                    6,
                    1,
                    (from, to) -> {
                        Thread outer = Thread.currentThread();
                        workers.forRanges(
                                5 * (to - from),
                                1,
                                (first, end) -> {
                                    assertSame(outer, Thread.currentThread());
                                    inner.addAndGet(end - first);
                                });
                    });
            assertEquals(30, inner.get());
        }
    }

    @Test
    void severalCallersShareTheProducts() throws Exception {
        try (Workers workers = Workers.of(2);
                var callers = Executors.newFixedThreadPool(4)) {
            int widest = KernelProvider.availableBits().getLast();
            Kernels kernels = KernelProvider.of(widest, workers);
            KernelInputs inputs = new KernelInputs(3);
            float[] x = inputs.floats(33 * 256);
            Fp32Weights weights = kernels.packFp32(inputs.floats(512 * 256), 512, 256);
            float[] expected = new float[33 * 512];
            kernels.multiply(x, 33, weights, expected);
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                results.add(
                        callers.submit(
                                () -> {
                                    float[] y = new float[expected.length];
                                    kernels.multiply(x, 33, weights, y);
                                    return y;
                                }));
            }
            for (Future<float[]> result : results) {
                assertArrayEquals(expected, result.get());
            }
        }
    }

    /** More callers than threads, loops of every length, some of which fail. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 16})
    void manyCallersGetTheirOwnLoopsDone(int threads) throws Exception {
        try (Workers workers = Workers.of(threads);
                var callers = Executors.newFixedThreadPool(5)) {
            List<Future<?>> calls = new ArrayList<>();
            for (int caller = 0; caller < 5; caller++) {
                int seed = caller;
                calls.add(
                        callers.submit(
                                () -> {
                                    for (int i = 0; i < 2000; i++) {
                                        loop(workers, 1 + (seed * 131 + i * 17) % 300, i % 7 == 0);
                                    }
                                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }
    }

    private static void loop(Workers workers, int count, boolean fails) {
        AtomicIntegerArray runs = new AtomicIntegerArray(count);
        var thrown = new IllegalStateException();
        try {
            workers.forRanges(
                    count,
                    1,
                    (from, to) -> {
                        count(runs, from, to);
                        if (fails && to == count) {
                            throw thrown;
                        }
                    });
            assertTrue(!fails, "the exception was lost");
            for (int i = 0; i < count; i++) {
                assertEquals(1, runs.get(i), "iteration " + i);
            }
        } catch (IllegalStateException e) {
            assertSame(thrown, e);
            assertEquals(1, runs.get(count - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatIsDoneTogetherIsDoneOnceAndCompletely(int threads) {
        try (Workers workers = Workers.of(threads)) {
            int things = 3;
            int count = 40;
            for (int time = 0; time < 2000; time++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(things * count);
                workers.together(
                        things,
                        thing -> {
                            int start = thing * count;
                            workers.forRanges(
                                    count, 3, (from, to) -> count(runs, start + from, start + to));
                            assertEquals(1, runs.get(start + count - 1), "its own loop is over");
                        });
                for (int i = 0; i < runs.length(); i++) {
                    assertEquals(1, runs.get(i), "iteration " + i);
                }
            }
        }
    }

    /**
     * A caller that waits comes to the helper's loop, unless it had to wait so long that it sleeps.
     */
    @Test
    void aLoopOfWhatIsDoneTogetherIsShared() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "otherwise one does all");
        try (Workers workers = Workers.of(2)) {
            Thread caller = Thread.currentThread();
            boolean shared = false;
            for (int time = 0; time < 1000 && !shared; time++) {
                CountDownLatch helperIsThere = new CountDownLatch(1);
                Set<Thread> sharing = ConcurrentHashMap.newKeySet();
                workers.together(
                        2,
                        _ -> {
                            if (Thread.currentThread() == caller) {
                                await(helperIsThere);
                                return;
                            }
                            helperIsThere.countDown();
                            CountDownLatch both = new CountDownLatch(2);
                            workers.forRanges(
                                    2,
                                    1,
                                    (_, _) -> {
                                        sharing.add(Thread.currentThread());
                                        both.countDown();
                                        awaitBriefly(both);
                                    });
                        });
                shared = sharing.size() == 2;
            }
            assertTrue(shared, "in none of many times");
        }
    }

    @Test
    void whatIsDoneTogetherInsideALoopStaysOnItsThread() {
        try (Workers workers = Workers.of(2)) {
            workers.forRanges(
                    2,
                    1,
                    (_, _) -> {
                        Thread own = Thread.currentThread();
                        workers.together(
                                2,
                                _ ->
                                        workers.forEach(
                                                2,
                                                1,
                                                _ -> assertSame(own, Thread.currentThread())));
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anExceptionOfWhatIsDoneTogetherReachesTheCaller(int threads) {
        try (Workers workers = Workers.of(threads)) {
            var thrown = new IllegalStateException("told");
            var caught =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    workers.together(
                                            2,
                                            thing ->
                                                    workers.forEach(
                                                            10,
                                                            1,
                                                            i -> {
                                                                if (thing == 1 && i == 7) {
                                                                    throw thrown;
                                                                }
                                                            })));
            assertSame(thrown, caught);
            AtomicInteger after = new AtomicInteger();
            workers.together(2, _ -> workers.forEach(5, 1, _ -> after.incrementAndGet()));
            assertEquals(10, after.get(), "and the threads go on");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theCallersCancellationIsThatOfWhatIsDoneTogether(int threads) {
        try (Workers workers = Workers.of(threads)) {
            Cancellation cancellation = new Cancellation();
            cancellation.during(
                    () -> {
                        workers.together(2, _ -> assertSame(cancellation, Cancellation.current()));
                        return null;
                    });
        }
    }

    @Test
    void aThreadThatIsHeldUpLeavesItsStretchToTheOthers() {
        try (Workers workers = Workers.of(2)) {
            int count = 100;
            CountDownLatch othersDone = new CountDownLatch(count - 1);
            AtomicInteger heldUp = new AtomicInteger(-1);
            workers.forRanges(
                    count,
                    1,
                    (from, to) -> {
                        if (from == 0) {
                            heldUp.set(to);
                            othersDone.countDown();
                        }
                        for (int i = Math.max(1, from); i < to; i++) {
                            othersDone.countDown();
                        }
                        if (from == 0) {
                            await(othersDone);
                        }
                    });
            assertTrue(heldUp.get() > 0);
        }
    }

    @Test
    void helpersSleepWhenThereIsNothingToDo() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (Workers workers = Workers.of(2)) {
            workers.forRanges(2, 1, (from, to) -> {});
            Thread helper =
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> !before.contains(thread))
                            .filter(thread -> thread.getName().startsWith("kernel-"))
                            .findFirst()
                            .orElseThrow();
            while (helper.getState() != Thread.State.WAITING) {
                Thread.sleep(1); // a helper that never sleeps is caught by the build's own limit
            }
            AtomicInteger after = new AtomicInteger();
            workers.forRanges(10, 1, (from, to) -> after.addAndGet(to - from));
            assertEquals(10, after.get(), "and wake up again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", ""})
    void aBadNumberOfThreadsIsTold(String property) {
        var e = assertThrows(UserException.class, () -> Workers.threadsFrom(property));
        assertTrue(e.getMessage().startsWith("-Dagilelens.threads=" + property), e.getMessage());
    }

    private static void awaitBriefly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

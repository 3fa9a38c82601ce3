package io.agilelens.engine.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class AbandonableCallTest {

    private static final String NAME = "abandoned";

    /** See sched(7). */
    private static final int SCHED_IDLE = 5;

    private final Cancellation cancellation = new Cancellation();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<String> closed = new AtomicReference<>();

    /** Begins a call that lasts until it may go on. */
    private String call() {
        return AbandonableCall.of(
                NAME,
                () -> {
                    begun.countDown();
                    await(goOn);
                    return "result";
                },
                this::close);
    }

    /** Does something on another thread while the call lasts. */
    private Thread onceBegun(Runnable work) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            await(begun);
                            work.run();
                        });
    }

    private void close(String result) {
        closed.set(result);
        closing.countDown();
    }

    @Test
    void whatTheCallGivesIsGiven() {
        AtomicReference<Thread> thread = new AtomicReference<>();
        String given =
                AbandonableCall.of(
                        NAME,
                        () -> {
                            thread.set(Thread.currentThread());
                            return "result";
                        },
                        _ -> fail("closed"));
        assertEquals("result", given);
        assertNotSame(Thread.currentThread(), thread.get());
        assertTrue(thread.get().isDaemon(), "a program that ends does not wait for it");
    }

    @Test
    void whatTheCallThrowsIsThrown() {
        for (Throwable thrown :
                new Throwable[] {new IllegalStateException("told"), new LinkageError("told")}) {
            var caught =
                    assertThrows(
                            Throwable.class,
                            () ->
                                    AbandonableCall.of(
                                            NAME,
                                            () -> {
                                                throw AbandonableCallTest
                                                        .<RuntimeException>unchecked(thrown);
                                            },
                                            _ -> fail("closed")));
            assertSame(thrown, caught);
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void aCancelledCallerLeavesItAndItsResultIsClosed() throws Exception {
        Thread canceller = onceBegun(cancellation::cancel);
        assertThrows(CancellationException.class, () -> cancellation.during(this::call));
        canceller.join();
        assertEquals(null, closed.get(), "still running");
        goOn.countDown();
        closing.await();
        assertEquals("result", closed.get());
    }

    @Test
    void nothingBeginsAfterTheCancellation() {
        cancellation.cancel();
        assertThrows(CancellationException.class, () -> cancellation.during(this::call));
        assertEquals(1, begun.getCount());
    }

    @Test
    void anInterruptedCallerWaitsAndStaysInterrupted() {
        Thread caller = Thread.currentThread();
        Thread interrupter =
                onceBegun(
                        () -> {
                            caller.interrupt();
                            goOn.countDown();
                        });
        assertEquals("result", call());
        while (interrupter.isAlive()) {
            Thread.onSpinWait();
        }
        assertTrue(Thread.interrupted());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatIsLeftBehindIsAnIdleThread() throws Exception {
        AtomicInteger before = new AtomicInteger(SCHED_IDLE);
        Thread canceller =
                onceBegun(
                        () -> {
                            before.set(policy());
                            cancellation.cancel();
                        });
        assertThrows(CancellationException.class, () -> cancellation.during(this::call));
        canceller.join();
        assertNotEquals(SCHED_IDLE, before.get(), "while somebody waits");
        while (policy() != SCHED_IDLE) {
            Thread.sleep(1); // a thread that never idles is caught by the build's own limit
        }
        goOn.countDown();
        closing.await();
    }

    /** Field 41 of proc_pid_stat(5), the 39th behind the name in parentheses. */
    private static int policy() {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                if (Files.readString(task.resolve("comm")).strip().equals(NAME)) {
                    String stat = Files.readString(task.resolve("stat"));
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    return Integer.parseInt(fields[38]);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return fail("no thread is called " + NAME);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.agilelens.app.window;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javafx.application.Platform;

/**
 * Tells when the JavaFX thread does not answer. On a busy machine a thread may wait for a processor
 * through no fault of its own, so what counts is the time that it computed, or stood still in code
 * of ours, without answering.
 */
final class Heartbeat implements AutoCloseable {
    private static final int SAMPLE_MILLIS = 20;
    private static final int FRAMES_SHOWN = 12;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final long limitMillis;
    private final Consumer<String> onBlocked;
    private final Thread watched;
    private final Thread watch;
    private volatile boolean answered = true;
    private volatile boolean closed;
    private volatile double longest;

    /**
     * @param watched JavaFX's thread
     * @param onBlocked hears, on another thread, what it was busy with for longer than the limit
     */
    Heartbeat(Thread watched, long limitMillis, Consumer<String> onBlocked) {
        this.watched = watched;
        this.limitMillis = limitMillis;
        this.onBlocked = onBlocked;
        watch = Thread.ofPlatform().daemon().name("heartbeat").start(this::watch);
    }

    /** The longest time without an answer that counts, in milliseconds. */
    double longestMillis() {
        return longest;
    }

    private void watch() {
        try {
            while (!closed) {
                answered = false;
                Platform.runLater(() -> answered = true);
                awaitAnswer();
                Thread.sleep(SAMPLE_MILLIS);
            }
        } catch (InterruptedException closing) {
            return;
        }
    }

    private void awaitAnswer() throws InterruptedException {
        double began = computedMillis();
        double stood = 0;
        boolean told = false;
        long last = System.nanoTime();
        while (!answered && !closed) {
            Thread.sleep(SAMPLE_MILLIS);
            long now = System.nanoTime();
            ThreadInfo info = threads.getThreadInfo(watched.threadId(), Integer.MAX_VALUE);
            if (info == null) {
                return;
            }
            if (info.getThreadState() != Thread.State.RUNNABLE && isOurs(info)) {
                stood += Math.min((now - last) / 1e6, 2 * SAMPLE_MILLIS);
            }
            last = now;
            double busy = computedMillis() - began + stood;
            longest = Math.max(longest, busy);
            if (busy > limitMillis && !told) {
                told = true;
                onBlocked.accept(
                        String.format(
                                Locale.ROOT,
                                "the JavaFX thread did not answer for %.0f ms of its own, at%n%s",
                                busy,
                                stack(info)));
            }
        }
    }

    /** What the thread computed itself, without the collections that stopped it. */
    private double computedMillis() {
        long collected = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collected += Math.max(0, collector.getCollectionTime());
        }
        return threads.getThreadCpuTime(watched.threadId()) / 1e6 - collected;
    }

    private static boolean isOurs(ThreadInfo info) {
        return Arrays.stream(info.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("io.agilelens"));
    }

    private static String stack(ThreadInfo info) {
        return Arrays.stream(info.getStackTrace())
                .limit(FRAMES_SHOWN)
                .map(frame -> "    " + frame)
                .collect(Collectors.joining(System.lineSeparator()));
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
    }
}

package io.agilelens.app.window;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javafx.animation.AnimationTimer;

/**
 * Times the frames of the JavaFX thread and finds out what the long ones were spent on. A frame is
 * the time between two pulses; in a long one the thread's stack was looked at every few
 * milliseconds. Made and closed on the JavaFX thread.
 */
final class FrameWatch implements AutoCloseable {
    static final double LONG_MILLIS = 50;

    private static final int SAMPLE_MILLIS = 4;
    private static final int FRAMES_SHOWN = 5;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Thread watched = Thread.currentThread();
    private final Thread sampler;
    private final AnimationTimer timer;
    private final List<Double> frames = new ArrayList<>();
    private final List<LongFrame> longFrames = new ArrayList<>();
    private final List<StackTraceElement[]> samples =
            Collections.synchronizedList(new ArrayList<>());
    private volatile boolean closed;
    private long lastPulse;
    private long lastProcessor;
    private long lastCollected;

    /**
     * A frame that took too long.
     *
     * @param millis from pulse to pulse
     * @param processorMillis what the JavaFX thread itself computed in it
     * @param collectorMillis garbage collection in it
     * @param where what the thread was seen at most often
     */
    record LongFrame(double millis, double processorMillis, long collectorMillis, String where) {
        /** Whether the thread's own work would make the frame long on an idle machine, too. */
        boolean isOurs() {
            return processorMillis - collectorMillis > LONG_MILLIS;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.0f ms (%.0f ms computing, %d ms collecting): %s",
                    millis,
                    processorMillis,
                    collectorMillis,
                    where);
        }
    }

    FrameWatch() {
        sampler = Thread.ofPlatform().daemon().name("frame-sampler").start(this::sample);
        timer =
                new AnimationTimer() {
                    @Override
                    public void handle(long now) {
                        pulse();
                    }
                };
        timer.start();
    }

    private void sample() {
        while (!closed) {
            samples.add(watched.getStackTrace());
            try {
                Thread.sleep(SAMPLE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void pulse() {
        long now = System.nanoTime();
        long processor = threads.getCurrentThreadCpuTime();
        long collected = collectedMillis();
        if (lastPulse != 0) {
            double millis = (now - lastPulse) / 1e6;
            frames.add(millis);
            if (millis > LONG_MILLIS) {
                longFrames.add(
                        new LongFrame(
                                millis,
                                (processor - lastProcessor) / 1e6,
                                collected - lastCollected,
                                where()));
            }
        }
        samples.clear();
        lastPulse = System.nanoTime();
        lastProcessor = threads.getCurrentThreadCpuTime();
        lastCollected = collected;
    }

    private static long collectedMillis() {
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += collector.getCollectionTime();
        }
        return millis;
    }

    /** The places that the samples of a frame show most often, ours before the toolkit's. */
    private String where() {
        Map<String, Integer> counts = new HashMap<>();
        List<StackTraceElement[]> taken = List.copyOf(samples);
        for (StackTraceElement[] stack : taken) {
            counts.merge(place(stack), 1, Integer::sum);
        }
        List<String> places = new ArrayList<>(counts.keySet());
        places.sort((a, b) -> counts.get(b) - counts.get(a));
        StringBuilder text = new StringBuilder();
        for (String place : places.subList(0, Math.min(3, places.size()))) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append(100 * counts.get(place) / taken.size())
                    .append(" % ")
                    .append(place);
        }
        return text.toString();
    }

    private static String place(StackTraceElement[] stack) {
        if (stack.length == 0) {
            return "nothing";
        }
        List<String> ours = new ArrayList<>();
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().startsWith("io.agilelens")
                    && !frame.getClassName().contains("FrameWatch")
                    && ours.size() < 3) {
                ours.add(name(frame));
            }
        }
        String top = name(stack[0]);
        return ours.isEmpty()
                ? top + " < " + name(stack[Math.min(4, stack.length - 1)])
                : top + " in " + String.join(" < ", ours);
    }

    private static String name(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.substring(type.lastIndexOf('.') + 1)
                + "."
                + frame.getMethodName()
                + ":"
                + frame.getLineNumber();
    }

    int frames() {
        return frames.size();
    }

    /** Long frames that the thread's own work made long. */
    List<LongFrame> ours() {
        return longFrames.stream().filter(LongFrame::isOurs).toList();
    }

    /** All in a few lines. */
    String summary() {
        double[] sorted = frames.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%d frames: median %.0f ms, 99 %% within %.0f ms, longest %.0f ms; %d over"
                                + " %.0f ms, %d of them by the window's own work%n",
                        sorted.length,
                        sorted[sorted.length / 2],
                        sorted[sorted.length * 99 / 100],
                        sorted[sorted.length - 1],
                        longFrames.size(),
                        LONG_MILLIS,
                        ours().size()));
        List<LongFrame> longest = new ArrayList<>(longFrames);
        longest.sort((a, b) -> Double.compare(b.processorMillis(), a.processorMillis()));
        for (LongFrame frame : longest.subList(0, Math.min(FRAMES_SHOWN, longest.size()))) {
            text.append("  ").append(frame).append(System.lineSeparator());
        }
        return text.toString();
    }

    @Override
    public void close() {
        timer.stop();
        closed = true;
        sampler.interrupt();
    }
}

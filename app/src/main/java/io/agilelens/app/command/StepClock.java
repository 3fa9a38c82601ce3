package io.agilelens.app.command;

import io.agilelens.engine.task.Progress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Measures how long the steps of a long piece of work take, all that differ in numbers alone being
 * one: each layer's "layer 3, MLP_INPUT" counts as "layer, MLP_INPUT".
 */
final class StepClock implements Progress {
    private final Progress listener;
    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private String current;
    private long since;

    /**
     * @param listener hears everything, too
     */
    StepClock(Progress listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void report(String step, long done, long total) {
        begin(step.replaceAll(" ?\\d+", ""));
        listener.report(step, done, total);
    }

    /** What happens from now on belongs to a step, until the next one. */
    synchronized void begin(String step) {
        long now = System.nanoTime();
        if (current != null) {
            nanos.merge(current, now - since, Long::sum);
        }
        current = step;
        since = now;
    }

    /** Seconds of each step, in the order in which they first began. */
    synchronized Map<String, Double> seconds() {
        begin(current);
        Map<String, Double> seconds = new LinkedHashMap<>();
        nanos.forEach((step, value) -> seconds.put(step, value / 1e9));
        return seconds;
    }
}

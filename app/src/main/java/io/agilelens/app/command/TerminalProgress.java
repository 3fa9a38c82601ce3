package io.agilelens.app.command;

import io.agilelens.engine.task.Progress;
import java.io.PrintWriter;

/** Shows progress on one line that is overwritten, and wipes it in the end. */
public final class TerminalProgress implements Progress, AutoCloseable {
    /** System property that the launcher sets if the error stream is a terminal. */
    static final String PROPERTY = "agilelens.terminal";

    private static final long INTERVAL_NANOS = 100_000_000;
    private static final String WIPE = "\r\033[K";

    private final PrintWriter errors;
    private final boolean visible;
    private long shownAt = Long.MIN_VALUE;

    public TerminalProgress(PrintWriter errors) {
        this.errors = errors;
        this.visible = Boolean.getBoolean(PROPERTY);
    }

    @Override
    public synchronized void report(String step, long done, long total) {
        long now = System.nanoTime();
        if (visible && (shownAt == Long.MIN_VALUE || now - shownAt >= INTERVAL_NANOS)) {
            shownAt = now;
            errors.print("%s%s, %d of %d".formatted(WIPE, step, done, total));
            errors.flush();
        }
    }

    @Override
    public void close() {
        wipe();
    }

    /** Makes room for a line of another kind. */
    synchronized void wipe() {
        if (shownAt != Long.MIN_VALUE) {
            errors.print(WIPE);
            errors.flush();
        }
    }
}

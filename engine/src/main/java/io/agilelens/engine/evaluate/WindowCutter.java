package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Cuts a stream of ids into windows as it comes, by a protocol's rules. */
final class WindowCutter {
    /** Tokens whose ids are kept in memory: 64 MiB. */
    private static final long MOST_IN_MEMORY = 1 << 24;

    private final Protocol protocol;
    private final int length;
    private final int limit;
    private final OptionalInt start;
    private List<int[]> windows = new ArrayList<>();
    private int[] window;
    private int filled;
    private long tokens;

    /**
     * @param limit at most so many windows
     * @param start the model's start token
     */
    WindowCutter(Protocol protocol, int length, int limit, OptionalInt start) {
        this.protocol = protocol;
        this.length = length;
        this.limit = limit;
        this.start = start;
        this.window = new int[length];
    }

    void add(int[] ids) {
        tokens += ids.length;
        for (int at = 0; at < ids.length && windows.size() < limit; ) {
            int count = Math.min(length - filled, ids.length - at);
            System.arraycopy(ids, at, window, filled, count);
            at += count;
            filled += count;
            if (filled == length) {
                finishWindow();
            }
        }
    }

    private void finishWindow() {
        int last = window[length - 1];
        if (protocol == Protocol.LLAMA_CPP && start.isPresent()) {
            window[0] = start.getAsInt();
        }
        append(window);
        window = new int[length];
        filled = 0;
        if (protocol == Protocol.WORD) {
            window[filled++] = last;
        }
    }

    /** Many windows go to a file. */
    private void append(int[] full) {
        if (windows instanceof ArrayList && (windows.size() + 1L) * length > MOST_IN_MEMORY) {
            windows = StoredWindows.of(windows, length);
        }
        if (windows instanceof StoredWindows stored) {
            stored.append(full);
        } else {
            windows.add(full);
        }
    }

    /** Whether nothing that may follow is of interest. */
    boolean isFull() {
        return windows.size() >= limit && tokens >= fewestTokens();
    }

    /** The tool whose protocol that is refuses a text that does not fill two windows. */
    private long fewestTokens() {
        return protocol == Protocol.LLAMA_CPP ? 2L * length : 0;
    }

    /**
     * The stream has ended. What is left becomes a last window where every token is to be scored.
     *
     * @return predictions of the last window that an earlier one makes already
     */
    int end() {
        boolean hasTail = filled > 1 && windows.size() < limit;
        if (protocol != Protocol.WORD || !hasTail) {
            return 0;
        }
        if (windows.isEmpty()) {
            windows.add(Arrays.copyOf(window, filled));
            return 0;
        }
        // The tail begins with the last token of the window before it.
        int[] before = windows.getLast();
        int[] last = new int[length];
        int reused = length - filled;
        System.arraycopy(before, length - 1 - reused, last, 0, reused);
        System.arraycopy(window, 0, last, reused, filled);
        append(last);
        return reused;
    }

    /** Tokens that were added, start token included. */
    long tokens() {
        return tokens;
    }

    List<int[]> windows() {
        return windows;
    }

    /**
     * @param source where the text came from, for a person to read
     * @throws UserException if there were too few tokens for the protocol
     */
    void requireEnough(String source) {
        if (windows.isEmpty()) {
            throw new UserException(
                    "%s: %d tokens fill no window of %d: give a longer text or a shorter window"
                            .formatted(source, tokens, length));
        }
        if (tokens < fewestTokens()) {
            throw new UserException(
                    "%s: %d tokens are too few for protocol llama.cpp, which needs two windows of %d: give a longer text or a shorter window"
                            .formatted(source, tokens, length));
        }
    }
}

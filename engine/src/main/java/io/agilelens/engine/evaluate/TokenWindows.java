package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tokenizer.TextEncoder;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * A text cut into windows of token ids.
 *
 * @param source where the text came from, for a person to read
 * @param windows each a sequence on its own; read only
 * @param length tokens a window
 */
public record TokenWindows(String source, Protocol protocol, List<int[]> windows, int length) {

    /** Tokens whose ids are kept in memory: 64 MiB. */
    private static final long MOST_IN_MEMORY = 1 << 24;

    public TokenWindows {
        windows = windows instanceof StoredWindows ? windows : List.copyOf(windows);
    }

    /** As {@link #of(String, Reader, Tokenizer, Protocol, int, int)} for a text in memory. */
    public static TokenWindows of(
            String source,
            String text,
            Tokenizer tokenizer,
            Protocol protocol,
            int length,
            int limit) {
        return of(source, new StringReader(text), tokenizer, protocol, length, limit);
    }

    /**
     * Encodes a text of any size and cuts it. The start token, if the model has one, stands in
     * front of the whole stream; strings that look like special tokens are ordinary text. No more
     * of the text is read than the windows need, and the ids of very long texts lie in a temporary
     * file.
     *
     * @param text read to its end, or until there are enough windows; not closed
     * @param length tokens a window, at least 2
     * @param limit at most so many windows
     * @throws UserException if the text fills no window or cannot be read
     */
    public static TokenWindows of(
            String source,
            Reader text,
            Tokenizer tokenizer,
            Protocol protocol,
            int length,
            int limit) {
        requireLength(length);
        OptionalInt start = tokenizer.startToken();
        TextEncoder encoder = new TextEncoder(tokenizer, text);
        int[] window = new int[length];
        int filled = 0;
        long tokens = 0;
        if (start.isPresent()) {
            window[filled++] = start.getAsInt();
            tokens++;
        }
        List<int[]> windows = new ArrayList<>();
        for (int[] ids = encoder.next(); ids != null; ids = encoder.next()) {
            tokens += ids.length;
            for (int at = 0; at < ids.length && windows.size() < limit; ) {
                int count = Math.min(length - filled, ids.length - at);
                System.arraycopy(ids, at, window, filled, count);
                at += count;
                filled += count;
                if (filled == length) {
                    if (protocol == Protocol.LLAMA_CPP && start.isPresent()) {
                        window[0] = start.getAsInt();
                    }
                    windows = append(windows, window);
                    window = new int[length];
                    filled = 0;
                }
            }
            if (windows.size() == limit) {
                break;
            }
        }
        if (windows.isEmpty()) {
            throw fillNoWindow(source, tokens, length);
        }
        return new TokenWindows(source, protocol, windows, length);
    }

    /** Many windows go to a file. */
    private static List<int[]> append(List<int[]> windows, int[] window) {
        List<int[]> target = windows;
        if (target instanceof ArrayList && (target.size() + 1L) * window.length > MOST_IN_MEMORY) {
            target = StoredWindows.of(target, window.length);
        }
        if (target instanceof StoredWindows stored) {
            stored.append(window);
        } else {
            target.add(window);
        }
        return target;
    }

    private static void requireLength(int length) {
        if (length < 2) {
            throw new UserException("window %d is too short: give at least 2".formatted(length));
        }
    }

    private static UserException fillNoWindow(String source, long tokens, int length) {
        return new UserException(
                "%s: %d tokens fill no window of %d: give a longer text or a shorter window"
                        .formatted(source, tokens, length));
    }

    /**
     * Cuts a stream of ids, start token included.
     *
     * @throws UserException if the stream fills no window
     */
    public static TokenWindows of(
            String source, int[] stream, Protocol protocol, int length, int limit) {
        requireLength(length);
        List<int[]> windows = new ArrayList<>();
        for (int start = 0;
                start + length <= stream.length && windows.size() < limit;
                start += length) {
            windows.add(Arrays.copyOfRange(stream, start, start + length));
        }
        if (windows.isEmpty()) {
            throw fillNoWindow(source, stream.length, length);
        }
        return new TokenWindows(source, protocol, windows, length);
    }

    /** The first {@code count} windows. */
    public TokenWindows first(int count) {
        return new TokenWindows(
                source, protocol, windows.subList(0, Math.min(count, windows.size())), length);
    }
}

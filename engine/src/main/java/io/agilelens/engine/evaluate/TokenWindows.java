package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text cut into windows of token ids.
 *
 * @param source where the text came from, for a person to read
 * @param windows each a sequence on its own; read only
 * @param length tokens a window
 */
public record TokenWindows(String source, Protocol protocol, List<int[]> windows, int length) {

    public TokenWindows {
        windows = List.copyOf(windows);
    }

    /**
     * Encodes a text and cuts it. The start token, if the model has one, stands in front of the
     * whole stream; strings that look like special tokens are ordinary text.
     *
     * @param length tokens a window, at least 2
     * @param limit at most so many windows
     * @throws UserException if the text fills no window
     */
    public static TokenWindows of(
            String source,
            String text,
            Tokenizer tokenizer,
            Protocol protocol,
            int length,
            int limit) {
        int[] ids = tokenizer.encodeLiterally(text);
        int[] stream = ids;
        if (tokenizer.startToken().isPresent()) {
            stream = new int[ids.length + 1];
            stream[0] = tokenizer.startToken().getAsInt();
            System.arraycopy(ids, 0, stream, 1, ids.length);
        }
        TokenWindows windows = of(source, stream, protocol, length, limit);
        if (protocol == Protocol.LLAMA_CPP && tokenizer.startToken().isPresent()) {
            for (int[] window : windows.windows) {
                window[0] = tokenizer.startToken().getAsInt();
            }
        }
        return windows;
    }

    /**
     * Cuts a stream of ids, start token included.
     *
     * @throws UserException if the stream fills no window
     */
    public static TokenWindows of(
            String source, int[] stream, Protocol protocol, int length, int limit) {
        if (length < 2) {
            throw new UserException("window %d is too short: give at least 2".formatted(length));
        }
        List<int[]> windows = new ArrayList<>();
        for (int start = 0;
                start + length <= stream.length && windows.size() < limit;
                start += length) {
            windows.add(Arrays.copyOfRange(stream, start, start + length));
        }
        if (windows.isEmpty()) {
            throw new UserException(
                    "%s: %d tokens fill no window of %d: give a longer text or a shorter window"
                            .formatted(source, stream.length, length));
        }
        return new TokenWindows(source, protocol, windows, length);
    }

    /** The first {@code count} windows. */
    public TokenWindows first(int count) {
        return new TokenWindows(
                source, protocol, windows.subList(0, Math.min(count, windows.size())), length);
    }
}

package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tokenizer.TextEncoder;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.io.Reader;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A text cut into windows of token ids.
 *
 * @param source where the text came from, for a person to read
 * @param windows each a sequence on its own; read only
 * @param length tokens a window
 * @param reread predictions at the beginning of the last window that an earlier one makes already
 * @param measure how long the text is that was read; there for {@link Protocol#WORD}
 */
public record TokenWindows(
        String source,
        Protocol protocol,
        List<int[]> windows,
        int length,
        int reread,
        Optional<TextMeasure> measure) {

    public TokenWindows {
        windows = windows instanceof StoredWindows ? windows : List.copyOf(windows);
        if (protocol == Protocol.WORD && measure.isEmpty()) {
            throw new IllegalArgumentException("word-level losses need the text's words");
        }
    }

    /** Windows of which none reads again what another read. */
    public TokenWindows(String source, Protocol protocol, List<int[]> windows, int length) {
        this(source, protocol, windows, length, 0, Optional.empty());
    }

    /**
     * The first tokens of each window, the text being as long as before: words share the losses
     * that they have on average over all of it.
     *
     * @param tokens of each, at most {@link #length()}
     */
    public TokenWindows beginnings(int tokens) {
        List<int[]> cut = windows.stream().map(ids -> Arrays.copyOf(ids, tokens)).toList();
        return new TokenWindows(source, protocol, cut, tokens, 0, measure);
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
     * file. Looks at {@link Cancellation#current()} before each piece of the text.
     *
     * @param text read to its end, or until there are enough windows; not closed
     * @param length tokens a window, at least 2
     * @param limit at most so many windows
     * @throws UserException if the text is too short for the protocol or cannot be read
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
        TextMeasure.Counter counter = new TextMeasure.Counter();
        WindowCutter cutter = new WindowCutter(protocol, length, limit, start);
        start.ifPresent(token -> cutter.add(new int[] {token}));
        boolean ended = false;
        Cancellation cancellation = Cancellation.current();
        while (!ended && !cutter.isFull()) {
            cancellation.check();
            int[] ids = encoder.next();
            ended = ids == null;
            if (!ended) {
                counter.add(encoder.piece());
                cutter.add(ids);
            }
        }
        int reread = ended ? cutter.end() : 0;
        cutter.requireEnough(source);
        Optional<TextMeasure> measure =
                protocol == Protocol.WORD
                        ? Optional.of(counter.measure(cutter.tokens() - 1))
                        : Optional.empty();
        return new TokenWindows(source, protocol, cutter.windows(), length, reread, measure);
    }

    private static void requireLength(int length) {
        if (length < 2) {
            throw new UserException("window %d is too short: give at least 2".formatted(length));
        }
    }

    /**
     * Cuts a stream of ids, start token included.
     *
     * @param protocol {@link Protocol#GPTQ}; the others need to know the text or the start token
     * @throws UserException if the stream fills no window
     */
    public static TokenWindows of(
            String source, int[] stream, Protocol protocol, int length, int limit) {
        if (protocol != Protocol.GPTQ) {
            throw new IllegalArgumentException(protocol + " needs more than ids");
        }
        requireLength(length);
        WindowCutter cutter = new WindowCutter(protocol, length, limit, OptionalInt.empty());
        cutter.add(stream);
        cutter.requireEnough(source);
        return new TokenWindows(source, protocol, cutter.windows(), length);
    }

    /** The first {@code count} windows. */
    public TokenWindows first(int count) {
        return count >= windows.size()
                ? this
                : new TokenWindows(source, protocol, windows.subList(0, count), length, 0, measure);
    }

    /**
     * Index, in a window, of the first token whose successor's prediction counts.
     *
     * @param window index of the window
     */
    public int firstScored(int window) {
        return switch (protocol) {
            case GPTQ -> 0;
            case LLAMA_CPP -> length / 2;
            case WORD -> window == windows.size() - 1 ? reread : 0;
        };
    }
}

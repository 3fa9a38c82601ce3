package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.engine.tokenizer.Tokenizers;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenWindowsTest {
    @TempDir private Path folder;
    private Checkpoint checkpoint;
    private Tokenizer tokenizer;

    @BeforeEach
    void open() {
        checkpoint = Checkpoints.open(TinyModels.write(folder, TinyModels.Dimensions.small()));
        tokenizer = Tokenizers.forCheckpoint(checkpoint);
    }

    @AfterEach
    void close() {
        tokenizer.close();
        checkpoint.close();
    }

    /** A text without end that counts what is read of it. */
    private static final class Endless extends Reader {
        private static final String LINE = "the thing in the inn\n";
        private long read;

        @Override
        public int read(char[] target, int offset, int length) {
            for (int i = 0; i < length; i++) {
                target[offset + i] = LINE.charAt((int) ((read + i) % LINE.length()));
            }
            read += length;
            return length;
        }

        @Override
        public void close() {}
    }

    @Test
    void aLongTextIsReadNoFurtherWhenThatIsCancelled() {
        Cancellation cancellation = new Cancellation();
        Endless text = new Endless();
        Reader cancelling =
                new FilterReader(text) {
                    @Override
                    public int read(char[] target, int offset, int length) throws IOException {
                        cancellation.cancel();
                        return super.read(target, offset, length);
                    }
                };
        assertThrows(
                CancellationException.class,
                () ->
                        cancellation.during(
                                () ->
                                        TokenWindows.of(
                                                "endless",
                                                cancelling,
                                                tokenizer,
                                                Protocol.GPTQ,
                                                32,
                                                Integer.MAX_VALUE)));
        assertTrue(text.read < 10_000_000, "read " + text.read);
    }

    @Test
    void readsNoMoreThanTheWindowsNeed() {
        Endless text = new Endless();
        TokenWindows windows = TokenWindows.of("endless", text, tokenizer, Protocol.GPTQ, 64, 10);
        assertEquals(10, windows.windows().size());
        assertTrue(text.read < 1 << 17, text.read + " characters");
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"GPTQ", "LLAMA_CPP"})
    void cutsALongTextAsOneStream(Protocol protocol) {
        String text = Endless.LINE.repeat(20_000);
        TokenWindows windows =
                TokenWindows.of(
                        "long", new StringReader(text), tokenizer, protocol, 100, 1_000_000);
        int[] ids = tokenizer.encode(text, false);
        assertEquals((ids.length + 1) / 100, windows.windows().size());
        for (int w = 0; w < windows.windows().size(); w++) {
            int[] window = windows.windows().get(w);
            boolean marked = w == 0 || protocol == Protocol.LLAMA_CPP;
            for (int i = 0; i < 100; i++) {
                int expected = marked && i == 0 ? TinyModels.START : ids[w * 100 + i - 1];
                assertEquals(expected, window[i], "window " + w + ", token " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 64, 500})
    void wordWindowsPredictEveryTokenOnce(int length) {
        String text = "the thing in\u00a0the  inn, ☂ häuser\n" + Endless.LINE.repeat(9);
        TokenWindows windows =
                TokenWindows.of("text", text, tokenizer, Protocol.WORD, length, 1_000_000);
        int[] ids = tokenizer.encode(text, false);
        List<Integer> predicted = new ArrayList<>();
        for (int w = 0; w < windows.windows().size(); w++) {
            int[] window = windows.windows().get(w);
            boolean onlyOne = windows.windows().size() == 1;
            assertEquals(onlyOne ? Math.min(length, ids.length + 1) : length, window.length);
            for (int t = windows.firstScored(w); t + 1 < window.length; t++) {
                predicted.add(window[t + 1]);
            }
        }
        assertEquals(TinyModels.START, windows.windows().getFirst()[0]);
        assertArrayEquals(ids, predicted.stream().mapToInt(Integer::intValue).toArray());
        // Every window continues the stream where the scored part of the one before ended.
        int end = 0;
        for (int w = 0; w < windows.windows().size(); w++) {
            int[] window = windows.windows().get(w);
            end += window.length - 1 - windows.firstScored(w);
            for (int t = 1; t < window.length; t++) {
                assertEquals(ids[end - window.length + t], window[t], "window " + w);
            }
        }
        TextMeasure measure = windows.measure().orElseThrow();
        assertEquals(ids.length, measure.predictions());
        assertEquals(text.strip().split("[\\s\u00a0]+").length, measure.words());
        assertEquals(text.getBytes(StandardCharsets.UTF_8).length, measure.bytes());
    }

    @Test
    void llamaCppNeedsTwoWindows() {
        String text = "a".repeat(126);
        assertTrue(
                assertThrows(
                                UserException.class,
                                () ->
                                        TokenWindows.of(
                                                "short",
                                                text,
                                                tokenizer,
                                                Protocol.LLAMA_CPP,
                                                64,
                                                1))
                        .getMessage()
                        .contains("127 tokens are too few for protocol llama.cpp"));
        TokenWindows enough =
                TokenWindows.of("text", text + "a", tokenizer, Protocol.LLAMA_CPP, 64, 1);
        assertEquals(1, enough.windows().size());
        assertEquals(32, enough.firstScored(0));
    }

    @Test
    void refusesATextThatFillsNoWindow() {
        String line =
                assertThrows(
                                UserException.class,
                                () ->
                                        TokenWindows.of(
                                                "short", "the", tokenizer, Protocol.GPTQ, 64, 1))
                        .getMessage();
        assertTrue(line.contains("2 tokens fill no window of 64"), line);
    }

    @Test
    void windowsInAFileAreThoseThatWerePutThere() {
        List<int[]> kept = new ArrayList<>();
        for (int w = 0; w < 5; w++) {
            kept.add(new int[] {w, -w, 1 << w, Integer.MAX_VALUE - w});
        }
        StoredWindows stored = StoredWindows.of(kept.subList(0, 3), 4);
        stored.append(kept.get(3));
        stored.append(kept.get(4));
        TokenWindows windows = new TokenWindows("file", Protocol.GPTQ, stored, 4);
        assertEquals(5, windows.windows().size());
        for (int w = 0; w < 5; w++) {
            assertArrayEquals(kept.get(w), windows.windows().get(w));
        }
        assertEquals(2, windows.first(2).windows().size());
    }
}

package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenStreamTest {
    private static final int CONTEXT = 16;
    private static final TokenizerConvention LLAMA = new Llama().tokenizer();

    /** Distinct three-byte words in plain bytes, so that a window's content tells its place. */
    private final TokenStream stream = stream(LLAMA, 400);

    @Test
    void documentsEndWithTheEndToken() {
        assertEquals(LLAMA.endId(), stream.token(stream.length() - 1));
        assertEquals(3 * 400 + 1, stream.length());
    }

    @Test
    void stepsDependOnSeedAndStepAlone() {
        assertArrayEquals(
                stream.trainingWindows(CONTEXT, 4, 17, 5),
                stream(LLAMA, 400).trainingWindows(CONTEXT, 4, 17, 5));
    }

    @Test
    void aPassVisitsEveryWindowOnce() {
        int perPass = (stream.length() - 2 * CONTEXT) / CONTEXT;
        Set<List<Integer>> seen = new HashSet<>();
        for (int step = 0; step < perPass; step++) {
            int[] window = stream.trainingWindows(CONTEXT, 1, step, 3)[0];
            int from = window[0] == LLAMA.id("<s>") ? 1 : 0;
            List<Integer> content = new ArrayList<>();
            for (int i = from; i < from + CONTEXT; i++) {
                content.add(window[i]);
            }
            assertTrue(seen.add(content), "window seen twice");
        }
        assertEquals(perPass, seen.size());
    }

    @Test
    void oneWindowInEightLacksTheStartToken() {
        int bare = 0;
        for (int step = 0; step < 1000; step++) {
            for (int[] window : stream.trainingWindows(CONTEXT, 8, step, 1)) {
                bare += window[0] == LLAMA.id("<s>") ? 0 : 1;
            }
        }
        assertEquals(1000, bare, 120);
    }

    @Test
    void evaluationWindowsCoverTheStreamInOrder() {
        int[][] windows = stream.evaluationWindows(CONTEXT, 0, 3);
        for (int i = 0; i < 3 * CONTEXT; i++) {
            assertEquals(stream.token(i), windows[i / CONTEXT][1 + i % CONTEXT]);
        }
        assertEquals(LLAMA.id("<s>"), windows[2][0]);
        assertEquals(stream.token(CONTEXT), stream.bareWindows(CONTEXT, 1, 1)[0][0]);
    }

    @Test
    void optBeginsWithTheTokenThatAlsoEndsADocument() {
        TokenizerConvention opt = new Opt().tokenizer();
        TokenStream words = stream(opt, 40);
        assertEquals(opt.endId(), words.evaluationWindows(CONTEXT, 1, 1)[0][0]);
        assertEquals(words.token(CONTEXT), words.evaluationWindows(CONTEXT, 1, 1)[0][1]);
    }

    @Test
    void bloomSeesBareSlicesOnly() {
        TokenStream words = stream(new Bloom().tokenizer(), 400);
        assertArrayEquals(words.bareWindows(CONTEXT, 0, 3), words.evaluationWindows(CONTEXT, 0, 3));
        for (int step = 0; step < 100; step++) {
            for (int[] window : words.trainingWindows(CONTEXT, 8, step, 1)) {
                assertEquals(CONTEXT + 1, window.length);
                for (int token : window) {
                    assertTrue(token >= new Bloom().tokenizer().firstByteId());
                }
            }
        }
    }

    private static TokenStream stream(TokenizerConvention convention, int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append((char) ('a' + i % 26)).append((char) ('a' + i / 26)).append(' ');
        }
        return new TokenStream(
                new BytePairEncoding(convention, List.of()),
                List.of(new Document("words", text.toString(), false)));
    }
}

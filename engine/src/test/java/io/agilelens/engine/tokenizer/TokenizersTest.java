package io.agilelens.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.task.Cancellation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TokenizersTest {
    @TempDir Path folder;

    @BeforeEach
    void writeModel() {
        TinyModels.write(folder, TinyModels.Dimensions.small());
    }

    @Test
    void putsTheStartTokenInFront() {
        try (Tokenizer tokenizer = load()) {
            assertEquals(TinyModels.START, tokenizer.startToken().orElseThrow());
            int the = TinyModels.END + 3;
            assertArrayEquals(new int[] {TinyModels.START, the}, tokenizer.encode(" the", true));
            assertArrayEquals(new int[] {the}, tokenizer.encode(" the", false));
            assertEquals("Ġthe", tokenizer.piece(the));
        }
    }

    /** Whether its text is still being parsed or about to be handed to the library. */
    @Test
    void makingOneEndsWhenItIsCancelled() throws IOException {
        byte[] json = Files.readAllBytes(folder.resolve("tokenizer.json"));
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        assertThrows(CancellationException.class, () -> cancellation.during(this::load));
        assertThrows(
                CancellationException.class,
                () -> cancellation.during(() -> JsonFiles.parseObject(json, folder)));
        assertThrows(
                CancellationException.class,
                () ->
                        cancellation.during(
                                () ->
                                        new NativeTokenizer(
                                                new String(json, StandardCharsets.UTF_8), folder)));
        load().close();
    }

    @Test
    void describesItself() {
        try (Tokenizer tokenizer = load()) {
            assertEquals("BPE, byte-level", tokenizer.kind());
            assertEquals(TinyModels.SMALLEST_VOCABULARY, tokenizer.vocabularySize());
            assertEquals("<s>", tokenizer.piece(TinyModels.START));
            assertEquals("<id 9999>", tokenizer.piece(9999));
            assertEquals("<id -1>", tokenizer.piece(-1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "the inner theme",
                "tabs\tand\nlines\r\n",
                "naïve café ☕",
                "emoji 👩‍🚀 and 𝕄ath",
                "a\0b",
                "\uFEFFmark"
            })
    void decodesWhatItEncodes(String text) {
        try (Tokenizer tokenizer = load()) {
            assertEquals(text, tokenizer.decode(tokenizer.encode(text, true), true));
            assertEquals("<s>" + text, tokenizer.decode(tokenizer.encode(text, true), false));
            assertEquals(text, tokenizer.decode(tokenizer.encodeLiterally(text), false));
        }
    }

    @Test
    void takesTextThatIsNoValidUtf16() {
        try (Tokenizer tokenizer = load()) {
            assertEquals(
                    "a\uFFFDb👩\uFFFD",
                    tokenizer.decode(tokenizer.encode("a\uD800b👩\uDC00", false), false));
        }
    }

    @Test
    void decodesBrokenBytesToReplacementCharacters() {
        try (Tokenizer tokenizer = load()) {
            assertEquals("a\uFFFDb", tokenizer.decode(new int[] {'a', 0xFF, 'b'}, false));
        }
    }

    @Test
    void decodesNothingForIdsWithoutPiece() {
        try (Tokenizer tokenizer = load()) {
            assertEquals("ab", tokenizer.decode(new int[] {'a', 100_000, -5, 'b'}, false));
        }
    }

    @Test
    void readsSpecialTokensAsTextWhenAsked() {
        try (Tokenizer tokenizer = load()) {
            assertArrayEquals(new int[] {TinyModels.END}, tokenizer.encode("</s>", false));
            assertArrayEquals(new int[] {'<', '/', 's', '>'}, tokenizer.encodeLiterally("</s>"));
        }
    }

    @Test
    void neverTruncatesOrPads() {
        edit(
                "tokenizer.json",
                root -> {
                    root.putObject("truncation")
                            .put("direction", "Right")
                            .put("max_length", 16)
                            .put("strategy", "LongestFirst")
                            .put("stride", 0);
                    ObjectNode padding = root.putObject("padding").put("direction", "Right");
                    padding.putObject("strategy").put("Fixed", 700);
                    padding.putNull("pad_to_multiple_of");
                    padding.put("pad_id", 0).put("pad_type_id", 0).put("pad_token", "!");
                });
        try (Tokenizer tokenizer = load()) {
            assertEquals(1 + 5000, tokenizer.encode("x".repeat(5000), true).length);
            assertEquals(3, tokenizer.encodeLiterally("xyz").length);
        }
    }

    @Test
    void readsALongTextAsAWhole() {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 40_000; i++) {
            text.append(random.nextInt(4) == 0 ? " the" : (char) ('a' + random.nextInt(26)));
        }
        try (Tokenizer tokenizer = load()) {
            int[] ids = tokenizer.encode(text.toString(), false);
            assertEquals(text.toString(), tokenizer.decode(ids, false));
        }
    }

    @Test
    void prependsTheStartTokenThatOnlyTheConfigurationAsksFor() throws IOException {
        edit("tokenizer.json", root -> root.putNull("post_processor"));
        try (Tokenizer tokenizer = load()) {
            assertTrue(tokenizer.startToken().isEmpty());
            assertArrayEquals(new int[] {'a'}, tokenizer.encode("a", true));
        }
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                """
                {"add_bos_token": true, "bos_token": {"content": "</s>"}}
                """);
        try (Tokenizer tokenizer = load()) {
            assertEquals(TinyModels.END, tokenizer.startToken().orElseThrow());
            assertArrayEquals(new int[] {TinyModels.END, 'a'}, tokenizer.encode("a", true));
            assertArrayEquals(new int[] {'a'}, tokenizer.encode("a", false));
        }
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": true}");
        try (Tokenizer tokenizer = load()) {
            assertEquals(TinyModels.START, tokenizer.startToken().orElseThrow());
        }
    }

    @Test
    void servesManyThreadsAndRefusesAfterClosing() throws Exception {
        Tokenizer tokenizer = load();
        int[] expected = tokenizer.encode("the thing in the thin tin", true);
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(() -> agreesOften(tokenizer, expected));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> agreed : threads.invokeAll(calls)) {
                assertTrue(agreed.get());
            }
            Future<Boolean> late = threads.submit(() -> agreesOften(tokenizer, expected));
            tokenizer.close();
            tokenizer.close();
            try {
                late.get();
            } catch (ExecutionException closed) {
                assertEquals(IllegalStateException.class, closed.getCause().getClass());
            }
        }
        assertThrows(IllegalStateException.class, () -> tokenizer.encode("a", true));
        assertThrows(IllegalStateException.class, () -> tokenizer.encodeLiterally("a"));
    }

    private static boolean agreesOften(Tokenizer tokenizer, int[] expected) {
        boolean agrees = true;
        for (int i = 0; i < 300; i++) {
            agrees &= Arrays.equals(expected, tokenizer.encode("the thing in the thin tin", true));
            agrees &= tokenizer.encodeLiterally("<s>").length == 3;
        }
        return agrees;
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        assertLine("has no tokenizer.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"model\": 3}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1e300}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 2000000000}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"b c\"]}}",
                "{\"model\": {\"type\": \"NEW\", \"vocab\": {\"a\": 0}}}"
            })
    void refusesABrokenFileInOneLine(String json) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        assertLine("tokenizer.json");
    }

    private void assertLine(String part) {
        UserException refusal = assertThrows(UserException.class, () -> load().close());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
    }

    private Tokenizer load() {
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            return Tokenizers.forCheckpoint(checkpoint);
        }
    }

    private void edit(String name, Consumer<ObjectNode> change) {
        Path file = folder.resolve(name);
        try {
            ObjectNode root = (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(file));
            change.accept(root);
            Files.write(file, root.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

package io.agilelens.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.agilelens.engine.Golden;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The tokenizer cases of the reference kit, every reading of each. */
class GoldenTokenizerTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"stories260k", "tiny-llama3", "tiny-opt-pre", "tiny-opt-post", "tiny-bloom"})
    void agreesWithEveryCase(String model) {
        JsonNode cases =
                Golden.json(Golden.root().resolve("tokenizer").resolve(model + ".json"))
                        .path("cases");
        assertFalse(cases.isEmpty());
        try (Tokenizer tokenizer = load(model)) {
            for (JsonNode example : cases) {
                String text = example.path("text").stringValue();
                assertArrayEquals(ids(example, "ids"), tokenizer.encode(text, true), text);
                assertArrayEquals(ids(example, "ids_no_bos"), tokenizer.encode(text, false), text);
                assertArrayEquals(
                        ids(example, "ids_no_bos_specials_as_text"),
                        tokenizer.encodeLiterally(text),
                        text);
                assertEquals(
                        example.path("decoded_skip_special").stringValue(),
                        tokenizer.decode(ids(example, "ids"), true));
                assertEquals(
                        example.path("decoded_keep_special").stringValue(),
                        tokenizer.decode(ids(example, "ids"), false));
            }
        }
    }

    @Test
    void readsTheLongTextsWhole() throws IOException {
        Path folder = Golden.root().resolve("ppl");
        String wikitext = Files.readString(folder.resolve("wikitext2_test_slice.txt"));
        String stories = Files.readString(folder.resolve("stories.txt"));
        try (Tokenizer tokenizer = load("stories260k")) {
            assertArrayEquals(
                    Golden.ints(folder.resolve("wikitext_ids.i32.bin")),
                    withStart(tokenizer, tokenizer.encodeLiterally(wikitext)));
            assertArrayEquals(
                    Golden.ints(folder.resolve("wikitext_specials_recognised_ids.i32.bin")),
                    tokenizer.encode(wikitext, true));
            assertArrayEquals(
                    Golden.ints(folder.resolve("stories_ids.i32.bin")),
                    withStart(tokenizer, tokenizer.encodeLiterally(stories)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stories260k 1",
                "tiny-llama3 368",
                "tiny-opt-pre 2",
                "tiny-opt-post 2",
                "tiny-bloom -1"
            })
    void knowsTheStartToken(String modelAndStart) {
        String[] parts = modelAndStart.split(" ");
        try (Tokenizer tokenizer = load(parts[0])) {
            assertEquals(Integer.parseInt(parts[1]), tokenizer.startToken().orElse(-1));
        }
    }

    private static int[] withStart(Tokenizer tokenizer, int[] ids) {
        return IntStream.concat(
                        IntStream.of(tokenizer.startToken().orElseThrow()), Arrays.stream(ids))
                .toArray();
    }

    private static Tokenizer load(String model) {
        try (Checkpoint checkpoint = Checkpoints.open(Golden.model(model))) {
            return Tokenizers.forCheckpoint(checkpoint);
        }
    }

    private static int[] ids(JsonNode example, String key) {
        JsonNode array = example.path(key);
        return IntStream.range(0, array.size()).map(i -> array.get(i).intValue()).toArray();
    }
}

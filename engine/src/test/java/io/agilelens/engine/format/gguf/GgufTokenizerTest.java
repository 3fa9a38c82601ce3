package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.engine.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tokenizers rebuilt from the tables of a file. */
class GgufTokenizerTest {
    private static final String TABLES = "tokenizer.ggml.";

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("model.gguf");
    }

    /** Byte-level tokenizers survive the way through a file unchanged. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama3", "tiny-bloom", "tiny-opt-pre"})
    void agreesWithEveryCaseOfTheReferenceKit(String name) {
        try (Checkpoint original = Checkpoints.open(Golden.model(name))) {
            GgufWriter writer =
                    switch (name) {
                        case "tiny-llama3" -> GgufExport.llama(original, Encoding.F16, "llama-bpe");
                        case "tiny-bloom" -> GgufExport.bloom(original, Encoding.F16);
                        default -> GgufExport.opt(original, Encoding.F16);
                    };
            writer.write(file());
        }
        JsonNode cases =
                Golden.json(Golden.root().resolve("tokenizer").resolve(name + ".json"))
                        .path("cases");
        assertFalse(cases.isEmpty());
        try (Tokenizer tokenizer = tokenizer()) {
            for (JsonNode example : cases) {
                String text = example.path("text").stringValue();
                int[] ids = ids(example, "ids");
                assertArrayEquals(ids, tokenizer.encode(text, true), text);
                assertArrayEquals(
                        ids(example, "ids_no_bos_specials_as_text"),
                        tokenizer.encodeLiterally(text),
                        text);
                assertEquals(
                        example.path("decoded_skip_special").stringValue(),
                        tokenizer.decode(ids, true));
                assertEquals(
                        example.path("decoded_keep_special").stringValue(),
                        tokenizer.decode(ids, false));
            }
        }
    }

    private static int[] ids(JsonNode example, String key) {
        int[] ids = new int[example.path(key).size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = example.path(key).get(i).intValue();
        }
        return ids;
    }

    @Test
    void sentencePieceMergesFollowFromTheScores() {
        writeSentencePiece(writer -> writer);
        try (Tokenizer tokenizer = tokenizer()) {
            assertEquals("BPE, byte fallback", tokenizer.kind());
            assertEquals(OptionalInt.of(1), tokenizer.startToken());
            // "ab" has a higher score than "bc", so "abc" is cut behind "ab".
            assertEquals(List.of("<s>", "▁ab", "c"), pieces(tokenizer, "abc"));
            assertEquals(List.of("<s>", "▁", "bc", "▁ab"), pieces(tokenizer, "bc ab"));
            assertEquals(List.of("<s>", "▁", "<0xC3>", "<0xA9>"), pieces(tokenizer, "é"));
            assertEquals("abc bc", tokenizer.decode(tokenizer.encode("abc bc", true), true));
            assertEquals("é", tokenizer.decode(tokenizer.encode("é", true), true));
            assertEquals(List.of("<s>", "</s>", "▁ab"), pieces(tokenizer, "</s>ab"));
        }
    }

    @Test
    void switchesOfTheFileAreObeyed() {
        writeSentencePiece(
                writer ->
                        writer.flag(TABLES + "add_bos_token", false)
                                .flag(TABLES + "add_eos_token", true)
                                .flag(TABLES + "add_space_prefix", false));
        try (Tokenizer tokenizer = tokenizer()) {
            assertEquals(OptionalInt.empty(), tokenizer.startToken());
            assertEquals(List.of("ab", "c", "</s>"), pieces(tokenizer, "abc"));
            assertEquals(" ab", tokenizer.decode(tokenizer.encode(" ab", false), true));
        }
    }

    @Test
    void withoutByteTokensUnknownLettersAreUnknown() {
        List<String> tokens = List.of("<unk>", "<s>", "</s>", "▁", "a");
        write(
                writer ->
                        writer.text(TABLES + "model", "llama")
                                .whole(TABLES + "bos_token_id", 1)
                                .whole(TABLES + "eos_token_id", 2)
                                .texts(TABLES + "tokens", tokens)
                                .reals(TABLES + "scores", new float[5])
                                .wholes(TABLES + "token_type", new int[] {2, 3, 3, 1, 1}));
        try (Tokenizer tokenizer = tokenizer()) {
            assertArrayEquals(new int[] {1, 3, 4, 0, 4}, tokenizer.encode("aéa", true));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPreTokenizerPassesTheRulesForTokenizers(PreTokenizer kind) {
        for (String name : new String[] {"default", "llama-bpe", "gpt-2", "bloom", "qwen2"}) {
            assertTrue(PreTokenizer.named(name).isPresent());
        }
        write(writer -> writer.text(TABLES + "pre", nameOf(kind)));
        try (Tokenizer tokenizer = tokenizer()) {
            String text = "It's 2024, the end…\n\n";
            assertEquals(text, tokenizer.decode(tokenizer.encode(text, true), true));
        }
    }

    private static String nameOf(PreTokenizer kind) {
        return Arrays.stream(
                        new String[] {
                            "default", "llama3", "dbrx", "qwen2", "gpt-2", "smollm", "falcon",
                            "bloom", "viking"
                        })
                .filter(name -> PreTokenizer.named(name).orElseThrow() == kind)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void refusesWhatItCannotRebuild() {
        write(writer -> writer.text(TABLES + "pre", "martian"));
        assertLine("'tokenizer.ggml.pre' is 'martian': how this pre-tokenizer cuts texts");
        write(writer -> writer.text(TABLES + "model", "bert"));
        assertLine("'tokenizer.ggml.model' is 'bert': this kind of tokenizer is not supported");
        write(writer -> writer.remove(TABLES + "model"));
        assertLine("has no tokenizer: it lacks the metadata key 'tokenizer.ggml.model'");
        write(writer -> writer.remove(TABLES + "tokens"));
        assertLine("lacks the metadata key 'tokenizer.ggml.tokens'");
        write(writer -> writer.wholes(TABLES + "tokens", new int[] {1}));
        assertLine("is an array of 1 INT32: an array of strings belongs there");
        write(writer -> writer.texts(TABLES + "tokens", List.of("a", "b", "a")));
        assertLine("its tokens 0 and 2 are both 'a'");
        write(writer -> writer.texts(TABLES + "merges", List.of("t h", "th x")));
        assertLine("merge 1, 'th x', does not join two of its tokens to a third");
        write(writer -> writer.texts(TABLES + "merges", List.of("th")));
        assertLine("merge 0, 'th', does not join");
        write(writer -> writer.remove(TABLES + "merges"));
        assertLine("lacks the metadata key 'tokenizer.ggml.merges'");
        write(writer -> writer.whole(TABLES + "bos_token_id", 262));
        assertLine("'tokenizer.ggml.bos_token_id' is 262: there are only 262 tokens");
        write(writer -> writer.wholes(TABLES + "token_type", new int[] {1}));
        assertLine("an array of 1 INT32: there are 262 tokens");
        write(writer -> writer.remove(TABLES + "bos_token_id"));
        assertLine("asks for a special token with 'tokenizer.ggml.add_bos_token' but lacks");
        writeSentencePiece(writer -> writer.remove(TABLES + "scores"));
        assertLine("lacks the metadata key 'tokenizer.ggml.scores'");
        writeSentencePiece(
                writer -> {
                    List<String> tokens = new ArrayList<>();
                    for (int i = 0; i < 300; i++) {
                        tokens.add(i + "x".repeat(5000));
                    }
                    return writer.texts(TABLES + "tokens", tokens)
                            .reals(TABLES + "scores", new float[300])
                            .wholes(TABLES + "token_type", new int[300]);
                });
        assertLine("are too long for a SentencePiece vocabulary");
    }

    @Test
    void anEmptyTokenGetsANameOfItsOwn() {
        write(
                writer -> {
                    List<String> tokens = new ArrayList<>(vocabulary());
                    tokens.set(260, "");
                    tokens.set(261, "");
                    return writer.texts(TABLES + "tokens", tokens)
                            .texts(TABLES + "merges", List.of("t h", "th e"));
                });
        try (Tokenizer tokenizer = tokenizer()) {
            assertEquals("[EMPTY_260]", tokenizer.piece(260));
            assertEquals("[EMPTY_261]", tokenizer.piece(261));
        }
    }

    /** As large as the vocabularies of BLOOM and its like. */
    @Test
    void aQuarterOfAMillionTokensAreNoBurden() {
        List<String> tokens = new ArrayList<>(vocabulary());
        List<String> merges = new ArrayList<>();
        for (int i = 0; tokens.size() < 250_000; i++) {
            String left = Integer.toString(i, 36).toUpperCase(Locale.ROOT);
            if (left.length() == 1) {
                continue;
            }
            String start = left.substring(0, left.length() - 1);
            String end = left.substring(left.length() - 1);
            merges.add(start + " " + end);
            tokens.add(left);
        }
        write(
                writer ->
                        writer.texts(TABLES + "tokens", tokens)
                                .texts(TABLES + "merges", merges)
                                .wholes(TABLES + "token_type", new int[250_000]));
        assertTimeout(
                Duration.ofSeconds(30),
                () -> {
                    try (Tokenizer tokenizer = tokenizer()) {
                        assertEquals(250_000, tokenizer.vocabularySize());
                        assertEquals("10", tokenizer.piece(tokenizer.encode("10", false)[0]));
                    }
                });
    }

    private List<String> vocabulary() {
        List<String> tokens = new ArrayList<>(List.of(TinyModels.byteLetters()));
        tokens.addAll(List.of("<s>", "</s>", "th", "the", "Ġthe", "in"));
        return tokens;
    }

    private void writeSentencePiece(UnaryOperator<GgufWriter> change) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int value = 0; value < 256; value++) {
            tokens.add("<0x%02X>".formatted(value));
        }
        tokens.addAll(List.of("ab", "bc", "▁ab", "▁", "a", "b", "c"));
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        Arrays.fill(types, 3, 259, 6);
        types[0] = 2;
        types[1] = 3;
        types[2] = 3;
        float[] scores = new float[tokens.size()];
        for (int id = 259; id < scores.length; id++) {
            scores[id] = 259 - id;
        }
        write(
                writer ->
                        change.apply(
                                writer.text(TABLES + "model", "llama")
                                        .remove(TABLES + "pre")
                                        .remove(TABLES + "add_bos_token")
                                        .whole(TABLES + "bos_token_id", 1)
                                        .whole(TABLES + "eos_token_id", 2)
                                        .texts(TABLES + "tokens", tokens)
                                        .reals(TABLES + "scores", scores)
                                        .wholes(TABLES + "token_type", types)));
    }

    private void write(UnaryOperator<GgufWriter> change) {
        try {
            Path source = Files.createTempDirectory(folder, "source");
            TinyModels.write(source, TinyModels.Dimensions.small());
            try (Checkpoint original = Checkpoints.open(source)) {
                GgufWriter writer = GgufExport.llama(original, Encoding.F16, "gpt-2");
                writer.whole(TABLES + "bos_token_id", TinyModels.START);
                change.apply(writer).write(file());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Tokenizer tokenizer() {
        try (Checkpoint checkpoint = Checkpoints.open(file())) {
            return Tokenizers.forCheckpoint(checkpoint);
        }
    }

    private static List<String> pieces(Tokenizer tokenizer, String text) {
        return Arrays.stream(tokenizer.encode(text, true)).mapToObj(tokenizer::piece).toList();
    }

    private void assertLine(String part) {
        UserException refusal = assertThrows(UserException.class, () -> tokenizer().close());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("model.gguf"), refusal.getMessage());
    }
}

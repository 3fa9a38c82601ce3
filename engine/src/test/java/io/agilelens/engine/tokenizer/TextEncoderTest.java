package io.agilelens.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Piece by piece gives the ids of the whole, whatever the tokenizer and the text. */
class TextEncoderTest {
    private static final String[] PARTS = {
        " the",
        " a",
        "word",
        "Wörter",
        "123",
        " 4567",
        "\n",
        "\n\n",
        " \n",
        "  ",
        " ",
        ".",
        ",",
        "!?",
        "'s",
        "'re",
        "<unk>",
        "</s>",
        "語",
        "日本語",
        "😀",
        "é",
        "é",
        "\t",
        "\r\n",
        "\u00a0",
        "_",
        "▁",
        "@-@",
        " = Title = \n",
        "हिन्दी"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {"stories260k", "tiny-llama3", "tiny-opt-pre", "tiny-opt-post", "tiny-bloom"})
    void agreesOnTheKitsTexts(String model) throws IOException {
        String text = Files.readString(Golden.root().resolve("ppl/wikitext2_test_slice.txt"));
        try (Checkpoint checkpoint = Checkpoints.open(Golden.model(model));
                Tokenizer tokenizer = Tokenizers.forCheckpoint(checkpoint)) {
            int[] whole = tokenizer.encodeLiterally(text);
            for (int piece : new int[] {600, 1000, 5000}) {
                assertArrayEquals(whole, pieces(tokenizer, text, piece, true));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stories260k", "tiny-llama3", "tiny-opt-pre", "tiny-opt-post", "tiny-bloom"})
    void agreesOnRandomTexts(String model) {
        Random random = new Random(17);
        try (Checkpoint checkpoint = Checkpoints.open(Golden.model(model));
                Tokenizer tokenizer = Tokenizers.forCheckpoint(checkpoint)) {
            for (int round = 0; round < 40; round++) {
                String text = random(random, 400);
                assertArrayEquals(
                        tokenizer.encodeLiterally(text),
                        pieces(tokenizer, text, 64 + random.nextInt(300), false),
                        text);
            }
        }
    }

    @Test
    void agreesWithoutTheKit(@TempDir Path folder) {
        Random random = new Random(23);
        TinyModels.write(folder, TinyModels.Dimensions.small());
        try (Checkpoint checkpoint = Checkpoints.open(folder);
                Tokenizer tokenizer = Tokenizers.forCheckpoint(checkpoint)) {
            for (int round = 0; round < 40; round++) {
                String text = random(random, 400);
                assertArrayEquals(
                        tokenizer.encodeLiterally(text),
                        pieces(tokenizer, text, 64 + random.nextInt(300), false),
                        text);
            }
            assertEquals(0, pieces(tokenizer, "", 64, false).length);
        }
    }

    private static String random(Random random, int parts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }

    private static int[] pieces(
            Tokenizer tokenizer, String text, int length, boolean severalExpected) {
        TextEncoder encoder = new TextEncoder(tokenizer, new StringReader(text), length);
        IntStream ids = IntStream.empty();
        int count = 0;
        for (int[] piece = encoder.next(); piece != null; piece = encoder.next()) {
            ids = IntStream.concat(ids, IntStream.of(piece));
            count++;
        }
        if (severalExpected) {
            assertTrue(count > text.length() / length / 4, count + " pieces");
        }
        return ids.toArray();
    }
}

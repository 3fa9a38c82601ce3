package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.engine.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** llama2.c files: each version against the checkpoint it was written from, and damaged ones. */
class Llama2cFileTest {
    private static final int GROUP = 16;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({"0,true", "0,false", "1,true", "1,false", "2,true", "2,false"})
    void holdsTheWeightsOfTheCheckpointItWasWrittenFrom(int version, boolean tied) {
        try (Checkpoint source = Checkpoints.open(tiny(tied));
                Checkpoint opened = Checkpoints.open(write(source, version))) {
            assertEquals("llama2.c file, version " + version, opened.format());
            assertSameWeights(source, opened, version);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void givesTheLogitsOfTheReleasedModel(int version) throws IOException {
        try (Checkpoint source = Checkpoints.open(Golden.model("stories260k"))) {
            Path file = write(source, version);
            Files.write(
                    folder.resolve("tok512.bin"),
                    Llama2cWriter.tokenizer(tokenizerJson(), version == 0));
            try (Checkpoint opened = Checkpoints.open(file)) {
                assertSameWeights(source, opened, version);
            }
            try (Model expected = Model.open(Checkpoints.open(Golden.model("stories260k")));
                    Model actual = Model.open(Checkpoints.open(file))) {
                String text = "Once upon a time, there was a little girl named Lily.";
                int[] ids = expected.tokenizer().encode(text, true);
                assertArrayEquals(ids, actual.tokenizer().encode(text, true));
                float[] logits = logits(expected, ids);
                if (version < 2) {
                    assertArrayEquals(logits, logits(actual, ids));
                } else {
                    assertArrayEquals(logits, logits(actual, ids), 0.5f);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rebuildsTheTokenizerFromPiecesAndScores(boolean bytesAsCharacters) throws IOException {
        Path file = storiesFile();
        Files.write(
                folder.resolve("tokenizer.bin"),
                Llama2cWriter.tokenizer(tokenizerJson(), bytesAsCharacters));
        try (Checkpoint source = Checkpoints.open(Golden.model("stories260k"));
                Tokenizer expected = Tokenizers.forCheckpoint(source);
                Checkpoint opened = Checkpoints.open(file);
                Tokenizer actual = Tokenizers.forCheckpoint(opened)) {
            assertEquals(expected.startToken(), actual.startToken());
            assertEquals(expected.vocabularySize(), actual.vocabularySize());
            int compared = 0;
            for (JsonNode item :
                    Golden.json(Golden.root().resolve("tokenizer/stories260k.json"))
                            .path("cases")) {
                String text = item.path("text").asString();
                // The program of llama2.c, unlike the model's own file, keeps all spaces.
                if (!text.contains("  ") && !text.contains("<") && text.equals(text.strip())) {
                    assertArrayEquals(expected.encode(text, true), actual.encode(text, true), text);
                    assertArrayEquals(
                            expected.encodeLiterally(text), actual.encodeLiterally(text), text);
                    compared++;
                }
            }
            assertTrue(compared > 5, compared + " cases");
            String long_ =
                    Files.readString(Golden.root().resolve("ppl").resolve("stories.txt")).strip();
            if (!long_.contains("  ")) {
                assertArrayEquals(expected.encodeLiterally(long_), actual.encodeLiterally(long_));
            }
        }
    }

    @Test
    void readsTheSentencePieceModelItself() throws IOException {
        Path file = storiesFile();
        Files.copy(
                Golden.model("stories260k").resolve("tokenizer.model"),
                folder.resolve("tokenizer.model"));
        try (Checkpoint source = Checkpoints.open(Golden.model("stories260k"));
                Tokenizer expected = Tokenizers.forCheckpoint(source);
                Checkpoint opened = Checkpoints.open(file);
                Tokenizer actual = Tokenizers.forCheckpoint(opened)) {
            for (JsonNode item :
                    Golden.json(Golden.root().resolve("tokenizer/stories260k.json"))
                            .path("cases")) {
                String text = item.path("text").asString();
                assertArrayEquals(expected.encode(text, true), actual.encode(text, true), text);
                assertArrayEquals(
                        expected.encodeLiterally(text), actual.encodeLiterally(text), text);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void damagedHeadersAreOneLine(int version) throws IOException {
        byte[] intact;
        try (Checkpoint source = Checkpoints.open(tiny(true))) {
            intact = Files.readAllBytes(write(source, version));
        }
        int sizes = version == 0 ? 0 : 8;
        assertRefused(java.util.Arrays.copyOf(intact, intact.length - 4));
        assertRefused(java.util.Arrays.copyOf(intact, intact.length + 4));
        for (int field = 0; field < 7; field++) {
            // Newer files hold nothing whose length depends on the context.
            boolean free = version > 0 && field == 6;
            for (int value :
                    free
                            ? new int[] {0, -1, Integer.MAX_VALUE}
                            : new int[] {
                                0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 24, 3
                            }) {
                byte[] damaged = intact.clone();
                ByteBuffer.wrap(damaged)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(sizes + 4 * field, value);
                assertRefused(damaged);
            }
        }
        if (version == 0) {
            return;
        }
        for (int length : new int[] {4, 8, 36, 255, 256}) {
            assertRefused(java.util.Arrays.copyOf(intact, length));
        }
        byte[] newer = intact.clone();
        newer[4] = 9;
        assertTrue(assertRefused(newer).contains("version 9"));
        byte[] swapped = intact.clone();
        ByteBuffer.wrap(swapped).order(ByteOrder.BIG_ENDIAN).putInt(0, Llama2cHeader.MAGIC);
        assertTrue(assertRefused(swapped).contains("big-endian"));
        if (version == 2) {
            for (int group : new int[] {0, -1, 7, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                byte[] damaged = intact.clone();
                ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(37, group);
                assertRefused(damaged);
            }
        }
    }

    @Test
    void randomHeadersNeverEndInAnythingButOneLine() throws IOException {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            byte[] bytes = new byte[random.nextInt(600)];
            random.nextBytes(bytes);
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at + 4 <= Math.min(bytes.length, 44); at += 4) {
                buffer.putInt(at, random.nextInt(random.nextBoolean() ? 40 : 1 << 30));
            }
            if (random.nextBoolean() && bytes.length > 8) {
                buffer.putInt(0, Llama2cHeader.MAGIC).putInt(4, 1 + random.nextInt(2));
            }
            assertRefused(bytes);
        }
    }

    @Test
    void damagedTokenizersAreOneLine() throws IOException {
        Path file;
        try (Checkpoint source = Checkpoints.open(tiny(true))) {
            file = write(source, 1);
        }
        try (Checkpoint opened = Checkpoints.open(file)) {
            String missing = refusal(opened::tokenizer);
            assertTrue(missing.contains("tokenizer.bin"), missing);
            for (byte[] content :
                    new byte[][] {
                        {},
                        {5, 0, 0},
                        {5, 0, 0, 0},
                        {-1, -1, -1, -1, 0, 0, 0, 0},
                        {5, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1},
                        {5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3, 4, 5, 6},
                        {5, 0, 0, 0, 0, 0, -64, 127, 1, 0, 0, 0, 65},
                        new byte[1 << 20],
                    }) {
                Files.write(folder.resolve("tokenizer.bin"), content);
                refusal(opened::tokenizer);
            }
            Files.delete(folder.resolve("tokenizer.bin"));
            for (byte[] content : new byte[][] {{}, {10, 127, 1}, {7, 7}, {8, 1}, {10, 2, 10, 9}}) {
                Files.write(folder.resolve("tokenizer.model"), content);
                refusal(opened::tokenizer);
            }
        }
    }

    private String assertRefused(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("damaged.bin"), content);
        return refusal(() -> Checkpoints.open(file).close());
    }

    private static String refusal(org.junit.jupiter.api.function.Executable attempt) {
        String line = assertThrows(UserException.class, attempt).getMessage();
        assertFalse(line.contains("\n"), line);
        return line;
    }

    private static void assertSameWeights(Checkpoint source, Checkpoint opened, int version) {
        assertEquals(
                source.tensors().stream().map(Tensor::name).sorted().toList(),
                opened.tensors().stream().map(Tensor::name).sorted().toList());
        for (Tensor expected : source.tensors()) {
            Tensor actual = opened.find(expected.name()).orElseThrow();
            assertArrayEquals(expected.shape(), actual.shape(), expected.name());
            float[] values = expected.toFloats();
            float[] read = actual.toFloats();
            if (version < 2 || expected.shape().length == 1) {
                assertArrayEquals(values, read, expected.name());
            } else {
                float largest = 0;
                for (float value : values) {
                    largest = Math.max(largest, Math.abs(value));
                }
                assertArrayEquals(values, read, largest / 127 / 2 * 1.001f, expected.name());
            }
            // Pieces that begin and end anywhere give the same.
            int from = values.length / 3 + 1;
            float[] piece = new float[values.length / 2];
            actual.widen(from, piece, 0, piece.length);
            assertArrayEquals(java.util.Arrays.copyOfRange(read, from, from + piece.length), piece);
        }
    }

    private static float[] logits(Model model, int[] ids) {
        Decoder decoder = FloatDecoders.of(model);
        return decoder.logits(decoder.run(ids, Cancellation.never()).hidden(), 0, ids.length)
                .data();
    }

    private static JsonNode tokenizerJson() {
        return Golden.json(Golden.model("stories260k").resolve("tokenizer.json"));
    }

    private Path storiesFile() {
        try (Checkpoint source = Checkpoints.open(Golden.model("stories260k"))) {
            return write(source, 0);
        }
    }

    private Path write(Checkpoint source, int version) {
        int group = source.config().path("hidden_size").asInt() % 64 == 0 ? 4 : GROUP;
        return new Llama2cWriter(source, version, group).write(folder.resolve("model.bin"));
    }

    private Path tiny(boolean tied) {
        var small = TinyModels.Dimensions.small();
        return TinyModels.write(
                folder,
                new TinyModels.Dimensions(
                        small.vocabulary() + (16 - small.vocabulary() % 16),
                        small.hidden(),
                        small.layers(),
                        small.heads(),
                        small.keyValueHeads(),
                        small.feedForward(),
                        small.context(),
                        tied,
                        small.dtype(),
                        small.seed()));
    }
}

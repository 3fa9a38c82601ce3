package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairEncodingTest {
    private static final String TEXT =
            "the cat sat on the mat; the cat's mat isn't the hat that the cat had. "
                    + "It'll rain on 12 hats, they've said — 120 hats!\n\n  The end.\n";

    @Test
    void mostFrequentPairIsMergedFirst() {
        BytePairEncoding encoding = encoding("aaab aaab aab", 260);
        int a = new Llama().tokenizer().firstByteId() + 'a';
        assertEquals(new BytePairEncoding.Merge(a, a), encoding.merges().getFirst());
    }

    @Test
    void learningIsIndependentOfTheOrderOfDocuments() {
        Document one = new Document("one", TEXT, false);
        Document two = new Document("two", "a hat is no cat, and a cat is no hat", false);
        assertEquals(
                BytePairTrainer.train(new Llama().tokenizer(), List.of(one, two), 300).merges(),
                BytePairTrainer.train(new Llama().tokenizer(), List.of(two, one), 300).merges());
    }

    @Test
    void tooSmallAVocabularyIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> encoding(TEXT, 258));
    }

    @Test
    void anyTextSurvivesEncodingAndDecoding() {
        BytePairEncoding encoding = encoding(TEXT, 300);
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            String text = randomText(random);
            assertEquals(text, encoding.decode(encoding.encode(text)));
        }
    }

    @Test
    void theTokenizerLibraryGivesTheSameIds(@TempDir Path folder) throws IOException {
        BytePairEncoding encoding = encoding(TEXT, 320);
        DecoderShape shape = new DecoderShape(new Llama(), 320, 32, 1, 1, 1, 32, 8);
        ModelFolder model = new ModelFolder(folder);
        model.write(shape, encoding, new float[new WeightLayout(shape).size()]);
        Random random = new Random(11);
        try (HuggingFaceTokenizer library =
                HuggingFaceTokenizer.newInstance(
                        model.tokenizerFile(), Map.of("truncation", "false"))) {
            assertSameIds(library, encoding, TEXT);
            for (int round = 0; round < 300; round++) {
                assertSameIds(library, encoding, randomText(random));
            }
        }
    }

    private static void assertSameIds(
            HuggingFaceTokenizer library, BytePairEncoding encoding, String text) {
        int[] own = encoding.encode(text);
        long[] ids = library.encode(text).getIds();
        assertEquals(new Llama().tokenizer().id("<s>"), ids[0], "starts with <s>");
        assertArrayEquals(
                Arrays.stream(own).asLongStream().toArray(),
                Arrays.copyOfRange(ids, 1, ids.length),
                () -> "ids of '" + text + "'");
    }

    private static BytePairEncoding encoding(String text, int vocabulary) {
        return BytePairTrainer.train(
                new Llama().tokenizer(), List.of(new Document("text", text, false)), vocabulary);
    }

    /** Words of the training text between white space, digits, marks and other scripts. */
    private static String randomText(Random random) {
        String[] parts = {
            "the",
            "cat",
            " ",
            "  ",
            "\n",
            "\t",
            "\u00a0",
            "'s",
            "'ll",
            "12",
            "٣",
            ",",
            "—",
            "é",
            "日本",
            "\uD83D\uDC31",
            "mat",
            " hat",
            "'",
            "\r\n",
            "\u3000",
            "ﬁ",
            "e\u0301",
            "_"
        };
        StringBuilder text = new StringBuilder();
        int count = 1 + random.nextInt(20);
        for (int i = 0; i < count; i++) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }
}

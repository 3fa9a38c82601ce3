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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class BytePairEncodingTest {
    private static final List<TokenizerConvention> CONVENTIONS =
            Architecture.ALL.stream().map(Architecture::tokenizer).toList();
    private static final TokenizerConvention CONVENTION = new Llama().tokenizer();
    private static final String TEXT =
            "the cat sat on the mat; the cat's mat isn't the hat that the cat had. "
                    + "It'll rain on 12 hats, they've said — 120 hats!\n\n  The end.\n";

    @Test
    void mostFrequentPairIsMergedFirst() {
        BytePairEncoding encoding = encoding(CONVENTION, "aaab aaab aab", 260);
        int a = CONVENTION.firstByteId() + 'a';
        assertEquals(new BytePairEncoding.Merge(a, a), encoding.merges().getFirst());
    }

    @Test
    void learningIsIndependentOfTheOrderOfDocuments() {
        Document one = new Document("one", TEXT, false);
        Document two = new Document("two", "a hat is no cat, and a cat is no hat", false);
        assertEquals(
                BytePairTrainer.train(CONVENTION, List.of(one, two), 300).merges(),
                BytePairTrainer.train(CONVENTION, List.of(two, one), 300).merges());
    }

    @Test
    void tooSmallAVocabularyIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> encoding(CONVENTION, TEXT, 258));
    }

    @ParameterizedTest
    @FieldSource("CONVENTIONS")
    void anyTextSurvivesEncodingAndDecoding(TokenizerConvention convention) {
        BytePairEncoding encoding = encoding(convention, TEXT, 300);
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            String text = randomText(random);
            assertEquals(text, encoding.decode(encoding.encode(text)));
        }
    }

    @ParameterizedTest
    @FieldSource("io.agilelens.trainer.Architecture#ALL")
    void theTokenizerLibraryGivesTheSameIds(Architecture architecture, @TempDir Path folder)
            throws IOException {
        BytePairEncoding encoding = encoding(architecture.tokenizer(), TEXT, 320);
        DecoderShape shape = new DecoderShape(architecture, 320, 32, 1, 1, 1, 128, 8);
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

    @Test
    void onlyBloomPutsNothingInFront() {
        assertArrayEquals(new int[] {0, 7}, new Llama().tokenizer().withStart(7));
        assertArrayEquals(new int[] {2, 7}, new Opt().tokenizer().withStart(7));
        assertArrayEquals(new int[] {7}, new Bloom().tokenizer().withStart(7));
    }

    @Test
    void optAndBloomNumberTheirSpecialTokensAsPublished() {
        TokenizerConvention opt = new Opt().tokenizer();
        assertEquals(List.of("<s>", "<pad>", "</s>", "<unk>"), opt.specialTokens());
        assertEquals(2, opt.startId().orElseThrow());
        assertEquals(2, opt.endId());
        TokenizerConvention bloom = new Bloom().tokenizer();
        assertEquals(List.of("<unk>", "<s>", "</s>", "<pad>"), bloom.specialTokens());
        assertEquals(2, bloom.endId());
    }

    @Test
    void bloomKeepsWordsWholeThatGptCuts() {
        String text = "I don't (quite) know; see 12-a.\n\nYes";
        assertEquals(
                List.of(
                        "I", " don", "'t", " (", "quite", ")", " know", ";", " see", " 12", "-",
                        "a", ".", "\n", "\n", "Yes"),
                PreTokenization.GPT2.pieces(text));
        assertEquals(
                List.of(
                        "I", " don't", " (", "quite", ")", " know;", " see", " 12-a", ".\n\n",
                        "Yes"),
                PreTokenization.BLOOM.pieces(text));
    }

    /** The library reads the tokenizer's own file, so this checks its start token as well. */
    private static void assertSameIds(
            HuggingFaceTokenizer library, BytePairEncoding encoding, String text) {
        int[] own = encoding.convention().withStart(encoding.encode(text));
        assertArrayEquals(
                Arrays.stream(own).asLongStream().toArray(),
                library.encode(text).getIds(),
                () -> "ids of '" + text + "'");
    }

    private static BytePairEncoding encoding(
            TokenizerConvention convention, String text, int vocabulary) {
        List<Document> documents = List.of(new Document("text", text, false));
        return BytePairTrainer.train(convention, documents, vocabulary);
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

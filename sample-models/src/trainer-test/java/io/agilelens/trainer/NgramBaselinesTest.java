package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class NgramBaselinesTest {
    private static final int VOCABULARY = new Llama().tokenizer().firstMergeId();

    private final TokenStream stream =
            new TokenStream(
                    new BytePairEncoding(new Llama().tokenizer(), List.of()),
                    List.of(new Document("text", "abababac abba", false)));
    private final NgramBaselines baselines = new NgramBaselines(stream, VOCABULARY);

    @Test
    void probabilitiesAddUpToOne() {
        for (int before :
                new int[] {new Llama().tokenizer().id("<s>"), id('a'), id('b'), id('z')}) {
            double unigram = 0;
            double bigram = 0;
            for (int token = 0; token < VOCABULARY; token++) {
                unigram += Math.exp(-baselines.unigramLoss(new int[] {before, token}));
                bigram += Math.exp(-baselines.bigramLoss(new int[] {before, token}));
            }
            assertEquals(1, unigram, 1e-9);
            assertEquals(1, bigram, 1e-9);
        }
    }

    @Test
    void theTokenBeforeHelps() {
        int[] window = {id('a'), id('b'), id('a'), id('b')};
        assertTrue(baselines.bigramLoss(window) < baselines.unigramLoss(window));
    }

    private static int id(char character) {
        return new Llama().tokenizer().firstByteId() + character;
    }
}

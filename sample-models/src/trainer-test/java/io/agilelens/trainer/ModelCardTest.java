package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ModelCardTest {
    @Test
    void thePublishedLossIsTheBoldOne() {
        String baselines =
                "# a-model\n\n| | nats per token | perplexity |\n|---|---|---|\n"
                        + "| unigram counts (add one) | 6.365 | 581.4 |\n";
        assertEquals(
                3.353,
                ModelCard.publishedLoss(
                        baselines
                                + "| **llama-tiny**, `<s>` before each window | **3.353** |"
                                + " **28.6** |\n"
                                + "| llama-tiny, bare windows | 3.359 | 28.8 |\n"));
        assertEquals(
                3.5,
                ModelCard.publishedLoss(
                        baselines + "| **bloom-tiny**, bare windows | **3.500** | **33.1** |\n"));
        assertThrows(IllegalArgumentException.class, () -> ModelCard.publishedLoss(baselines));
    }
}

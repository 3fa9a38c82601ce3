package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;

/** Watches a decoder run one window and gathers what the pictures need. */
public final class WindowAnalyzer {

    private WindowAnalyzer() {}

    /**
     * @param detailLayer the layer whose activations and attention are kept in full, or −1
     */
    public static WindowAnalysis analyze(
            Decoder decoder,
            TokenPruner pruner,
            int[] ids,
            int detailLayer,
            Cancellation cancellation) {
        return new RepeatedAnalysis(decoder.model().config(), ids, 0)
                .analyze(
                        decoder,
                        pruner,
                        detailLayer,
                        pass ->
                                PerplexityEvaluator.of(decoder, pruner)
                                        .score(ids, 0, pass, cancellation),
                        cancellation);
    }
}

package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.views.Figures;
import io.agilelens.views.workbench.Quality;

/** The verdict's numbers, which several lessons look at. */
final class QualityFacts {
    private QualityFacts() {}

    static void tell(Facts.Builder facts, LessonState state) {
        Quality quality = state.quality();
        if (!state.has(Need.QUALITY)) {
            return;
        }
        Perplexity tuned = quality.tuned().orElseThrow();
        double change = quality.relativeChange();
        facts.number("perplexity", tuned.perplexity())
                .number("perplexity.float", quality.comparableBaseline())
                .number("perplexity.change", 100 * change)
                .word(
                        "perplexity.words",
                        "change",
                        Figures.relative(tuned.perplexity(), quality.comparableBaseline()));
    }
}

package io.agilelens.views.lessons;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** What each lesson has to know of the opened model. */
final class LessonFacts {
    /** What computes a lesson's facts from the workbench and what the lesson kept. */
    private interface Source extends BiFunction<LessonState, Facts, Facts> {}

    private static final Map<String, Source> SOURCES =
            Map.of(
                    "outlier", (state, _) -> OutlierFacts.of(state),
                    "trip", (state, _) -> TripFacts.of(state),
                    "log2", (state, _) -> SoftmaxFacts.of(state),
                    "tokens", (state, _) -> TokenFacts.of(state),
                    "multiplier", (state, _) -> MultiplierFacts.of(state),
                    "awq", (state, _) -> SalienceFacts.of(state),
                    "recipe", RecipeFacts::of);

    private LessonFacts() {}

    /** The lessons whose facts can be computed. */
    static Set<String> lessons() {
        return SOURCES.keySet();
    }

    /**
     * The facts of a lesson; none before the shown window was seen through the open model.
     *
     * @param kept facts that earlier steps kept, under their names there
     */
    static Facts of(String lesson, LessonState state, Facts kept) {
        if (!state.has(Need.MODEL)) {
            return kept(kept);
        }
        Facts.Builder common = new Facts.Builder();
        common.word("model", "model", state.model().orElseThrow().title());
        QualityFacts.tell(common, state);
        return common.build()
                .with(SOURCES.get(lesson).apply(state, kept))
                .with(compared(kept))
                .with(kept(kept));
    }

    private static Facts kept(Facts kept) {
        Map<String, Fact> named = new HashMap<>();
        kept.all().forEach((name, fact) -> named.put("kept." + name, fact));
        return new Facts(named);
    }

    /** Which of two kept perplexities is the lower, if both were kept. */
    private static Facts compared(Facts kept) {
        Facts.Builder facts = new Facts.Builder();
        kept.find("rtn", Fact.Figure.class)
                .ifPresent(
                        rtn ->
                                kept.find("awq", Fact.Figure.class)
                                        .ifPresent(
                                                awq ->
                                                        facts.word(
                                                                        "better",
                                                                        awq.value() < rtn.value()
                                                                                ? "awq"
                                                                                : "rtn")
                                                                .number(
                                                                        "better.points",
                                                                        rtn.value()
                                                                                - awq.value())));
        return facts.build();
    }
}

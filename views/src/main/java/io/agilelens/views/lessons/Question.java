package io.agilelens.views.lessons;

import java.util.List;

/** What a step asks. The right answer is a fact of the opened model. */
public sealed interface Question {

    /** The fact that is the right answer. */
    String fact();

    /**
     * Choose one.
     *
     * @param options what there is to choose, with words of their own
     * @param fact a {@link Fact.Word} that is one of them
     */
    record Choose(List<String> options, String fact) implements Question {
        public Choose {
            options = List.copyOf(options);
        }
    }

    /**
     * Choose one of what the model has.
     *
     * @param options a fact that lists them
     * @param fact a {@link Fact.Word} that is one of them
     */
    record ChooseOf(String options, String fact) implements Question {}

    /**
     * Type a number.
     *
     * @param fact a {@link Fact.Figure}
     * @param relative how far off an answer may be, as a share of the right one
     * @param absolute the same in the number's unit; the more lenient counts
     */
    record Number(String fact, double relative, double absolute) implements Question {}

    /**
     * Click the thing in a view.
     *
     * @param part what the click selects
     * @param fact {@link Fact.Places}
     */
    record Pick(SelectionPart part, String fact) implements Question {}

    /**
     * Set the levers so that something comes about.
     *
     * @param fact a {@link Fact.Word}, {@code yes} once it has
     */
    record Goal(String fact) implements Question {}
}

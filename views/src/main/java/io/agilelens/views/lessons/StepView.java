package io.agilelens.views.lessons;

import java.util.List;
import java.util.Optional;

/**
 * What the player shows of a step.
 *
 * @param index of the step in the lesson, from 0
 * @param title of the step
 * @param text what it explains
 * @param waiting what it waits for; empty once everything is there
 * @param verb of the button that helps with what is missing; empty if none does
 * @param asked the question; empty if there is none, or none that this model can be asked
 * @param feedback on the latest answer
 */
record StepView(
        Lesson lesson,
        int index,
        String title,
        String text,
        Optional<Waiting> waiting,
        Optional<String> verb,
        Optional<Asked> asked,
        Optional<Feedback> feedback) {

    /**
     * What a step waits for.
     *
     * @param fraction done, negative if that is not known
     */
    record Waiting(String text, double fraction) {}

    /**
     * A question in words.
     *
     * @param options what there is to choose, if it is a choice
     */
    record Asked(Question question, String text, List<Fact.Word> options) {
        Asked {
            options = List.copyOf(options);
        }
    }

    /** What is said to an answer. */
    record Feedback(Kind kind, String text) {
        enum Kind {
            RIGHT,
            WRONG,
            HINT,
            EXPLANATION
        }

        /** Whether the question is over. */
        boolean isEnd() {
            return kind == Kind.RIGHT || kind == Kind.EXPLANATION;
        }
    }

    LessonStep step() {
        return lesson.steps().get(index);
    }

    boolean isLast() {
        return index == lesson.steps().size() - 1;
    }
}

package io.agilelens.views.lessons;

import io.agilelens.views.Selection;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Compares an answer with the facts.
 *
 * @param kind what came of it
 * @param reason the ending of the key of the words that say why an answer is wrong
 */
record AnswerCheck(Kind kind, String reason) {
    enum Kind {
        RIGHT,
        WRONG,
        /** No number, or nothing chosen yet; does not count. */
        NO_ANSWER,
        /** The model does not have what was asked for. */
        UNKNOWN
    }

    private static final AnswerCheck RIGHT = new AnswerCheck(Kind.RIGHT, "");
    private static final AnswerCheck NO_ANSWER = new AnswerCheck(Kind.NO_ANSWER, "");
    private static final AnswerCheck UNKNOWN = new AnswerCheck(Kind.UNKNOWN, "");

    /** Rounding of the typed number itself, such as 0.067 for a fifteenth. */
    private static final double ROUNDING = 1e-9;

    /**
     * @throws IllegalArgumentException if the answer is of another kind than the question
     */
    static AnswerCheck of(Question question, Answer answer, Facts facts) {
        return switch (question) {
            case Question.Choose choose -> chosen(choose.fact(), answer, facts, true);
            case Question.ChooseOf choose -> chosen(choose.fact(), answer, facts, false);
            case Question.Number number -> typed(number, answer, facts);
            case Question.Pick pick -> picked(pick, answer, facts);
            case Question.Goal goal -> reached(goal, facts);
        };
    }

    private static AnswerCheck chosen(String fact, Answer answer, Facts facts, boolean own) {
        if (!(answer instanceof Answer.Chosen(String option))) {
            throw unfit(answer);
        }
        if (option.isEmpty()) {
            return NO_ANSWER;
        }
        Optional<Fact.Word> right = facts.find(fact, Fact.Word.class);
        if (right.isEmpty()) {
            return UNKNOWN;
        }
        return right.get().id().equals(option)
                ? RIGHT
                : new AnswerCheck(Kind.WRONG, own ? "why." + option : "wrong");
    }

    private static AnswerCheck typed(Question.Number question, Answer answer, Facts facts) {
        if (!(answer instanceof Answer.Typed(String text))) {
            throw unfit(answer);
        }
        OptionalDouble number = TypedNumber.parse(text);
        if (number.isEmpty()) {
            return NO_ANSWER;
        }
        Optional<Fact.Figure> right = facts.find(question.fact(), Fact.Figure.class);
        if (right.isEmpty()) {
            return UNKNOWN;
        }
        double wanted = right.get().value();
        double leeway =
                Math.max(question.absolute(), question.relative() * Math.abs(wanted))
                        + ROUNDING * Math.abs(wanted);
        double off = number.getAsDouble() - wanted;
        return Math.abs(off) <= leeway
                ? RIGHT
                : new AnswerCheck(Kind.WRONG, off < 0 ? "low" : "high");
    }

    private static AnswerCheck picked(Question.Pick question, Answer answer, Facts facts) {
        if (!(answer instanceof Answer.Picked(int place))) {
            throw unfit(answer);
        }
        if (place == Selection.NONE) {
            return NO_ANSWER;
        }
        Optional<Fact.Places> right = facts.find(question.fact(), Fact.Places.class);
        if (right.isEmpty()) {
            return UNKNOWN;
        }
        return right.get().right().contains(place) ? RIGHT : new AnswerCheck(Kind.WRONG, "wrong");
    }

    private static AnswerCheck reached(Question.Goal question, Facts facts) {
        Optional<Fact.Word> state = facts.find(question.fact(), Fact.Word.class);
        if (state.isEmpty()) {
            return UNKNOWN;
        }
        return state.get().id().equals(Fact.Word.YES)
                ? RIGHT
                : new AnswerCheck(Kind.WRONG, "why." + state.get().id());
    }

    private static IllegalArgumentException unfit(Answer answer) {
        return new IllegalArgumentException(answer + " does not answer this");
    }
}

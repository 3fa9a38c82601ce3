package io.agilelens.views.lessons;

import io.agilelens.views.Messages;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What is said to the answers to one question. */
final class Answering {
    private final UnaryOperator<String> words;
    private int wrongAnswers;
    private Optional<StepView.Feedback> feedback = Optional.empty();

    /**
     * @param words gives the words of a part of the step, such as {@code hint}
     */
    Answering(UnaryOperator<String> words) {
        this.words = words;
    }

    Optional<StepView.Feedback> feedback() {
        return feedback;
    }

    /** A hint, or, after a wrong answer, the answer; nothing once the question is over. */
    void hint() {
        if (feedback.filter(StepView.Feedback::isEnd).isEmpty()) {
            say(
                    wrongAnswers > 0
                            ? StepView.Feedback.Kind.EXPLANATION
                            : StepView.Feedback.Kind.HINT,
                    words.apply(wrongAnswers > 0 ? "explanation" : "hint"));
        }
    }

    /**
     * Checks an answer. The first wrong one gets its reason and a hint, the second the explanation.
     *
     * @return whether it is right
     */
    boolean check(Question question, Answer answer, Facts facts) {
        AnswerCheck check = AnswerCheck.of(question, answer, facts);
        switch (check.kind()) {
            case RIGHT -> say(StepView.Feedback.Kind.RIGHT, words.apply("takeaway"));
            case WRONG -> {
                wrongAnswers++;
                boolean first = wrongAnswers == 1;
                say(
                        first ? StepView.Feedback.Kind.WRONG : StepView.Feedback.Kind.EXPLANATION,
                        words.apply(check.reason())
                                + " "
                                + words.apply(first ? "hint" : "explanation"));
            }
            case NO_ANSWER -> say(StepView.Feedback.Kind.HINT, Messages.text(missing(question)));
            case UNKNOWN -> say(StepView.Feedback.Kind.HINT, Messages.text("lessons.impossible"));
        }
        return check.kind() == AnswerCheck.Kind.RIGHT;
    }

    private static String missing(Question question) {
        return switch (question) {
            case Question.Number _ -> "lessons.answer.number";
            case Question.Pick _ -> "lessons.answer.pick";
            case Question.Choose _, Question.ChooseOf _, Question.Goal _ -> "lessons.answer.choose";
        };
    }

    private void say(StepView.Feedback.Kind kind, String text) {
        feedback = Optional.of(new StepView.Feedback(kind, text));
    }
}

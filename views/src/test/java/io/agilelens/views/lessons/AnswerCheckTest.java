package io.agilelens.views.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.Selection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Right, nearly right and wrong answers to every kind of question. */
class AnswerCheckTest {
    private static final Facts FACTS =
            new Facts.Builder()
                    .number("step", 13.0588)
                    .whole("levels", 3)
                    .word("suffers", "others", "the quiet ones")
                    .places("coarsest", List.of(17, 40))
                    .word("goal", "quality")
                    .build();

    private static String check(Question question, Answer answer) {
        AnswerCheck check = AnswerCheck.of(question, answer, FACTS);
        return check.kind() + check.reason();
    }

    @Test
    void numbersHaveALeeway() {
        Question step = new Question.Number("step", 0.03, 0);
        assertEquals("RIGHT", check(step, new Answer.Typed("13.06")));
        assertEquals("RIGHT", check(step, new Answer.Typed("12.7")));
        assertEquals("WRONGlow", check(step, new Answer.Typed("12.6")));
        assertEquals("WRONGhigh", check(step, new Answer.Typed("13.5")));
        assertEquals("NO_ANSWER", check(step, new Answer.Typed("thirteen")));
        assertEquals("NO_ANSWER", check(step, new Answer.Typed("")));
        Question whole = new Question.Number("levels", 0, 0);
        assertEquals("RIGHT", check(whole, new Answer.Typed("3")));
        assertEquals("WRONGhigh", check(whole, new Answer.Typed("3.01")));
        Question lenient = new Question.Number("levels", 0.01, 1);
        assertEquals("RIGHT", check(lenient, new Answer.Typed("2")));
        assertEquals("WRONGlow", check(lenient, new Answer.Typed("1.9")));
    }

    @Test
    void choicesSayWhyTheyAreWrong() {
        Question own = new Question.Choose(List.of("outlier", "others"), "suffers");
        assertEquals("RIGHT", check(own, new Answer.Chosen("others")));
        assertEquals("WRONGwhy.outlier", check(own, new Answer.Chosen("outlier")));
        assertEquals("NO_ANSWER", check(own, new Answer.Chosen("")));
        Question listed = new Question.ChooseOf("runs", "suffers");
        assertEquals("WRONGwrong", check(listed, new Answer.Chosen("outlier")));
    }

    @Test
    void anyOfSeveralPlacesIsRight() {
        Question pick = new Question.Pick(SelectionPart.CHANNEL, "coarsest");
        assertEquals("RIGHT", check(pick, new Answer.Picked(40)));
        assertEquals("RIGHT", check(pick, new Answer.Picked(17)));
        assertEquals("WRONGwrong", check(pick, new Answer.Picked(18)));
        assertEquals("NO_ANSWER", check(pick, new Answer.Picked(Selection.NONE)));
    }

    @Test
    void goalsSayWhatIsMissing() {
        assertEquals("WRONGwhy.quality", check(new Question.Goal("goal"), new Answer.Set()));
        Facts reached = new Facts.Builder().is("goal", true).build();
        assertEquals(
                AnswerCheck.Kind.RIGHT,
                AnswerCheck.of(new Question.Goal("goal"), new Answer.Set(), reached).kind());
    }

    @Test
    void whatTheModelLacksIsNotHeldAgainstAnyone() {
        assertEquals("UNKNOWN", check(new Question.Number("none", 0, 0), new Answer.Typed("1")));
        assertEquals("UNKNOWN", check(new Question.Number("goal", 0, 0), new Answer.Typed("1")));
        assertThrows(
                IllegalArgumentException.class,
                () -> check(new Question.Number("step", 0, 0), new Answer.Chosen("a")));
    }

    @Test
    void numbersAreReadAsPeopleWriteThem() {
        assertEquals(0.067, TypedNumber.parse(" 0,067 ").orElseThrow());
        assertEquals(1 / 15.0, TypedNumber.parse("1/15").orElseThrow());
        assertEquals(0.125, TypedNumber.parse("2^-3").orElseThrow());
        assertEquals(0.125, TypedNumber.parse("2^−3").orElseThrow());
        assertEquals(4.2, TypedNumber.parse("4.2 %").orElseThrow());
        assertEquals(8, TypedNumber.parse("×8").orElseThrow());
        assertEquals(-2.5, TypedNumber.parse("−2.5").orElseThrow());
        assertEquals(1200, TypedNumber.parse("1.2e3 levels").orElseThrow());
        for (String none : List.of("", "abc", "1/0", "3 4", "--3", "1.2.3", "2^99999")) {
            assertTrue(TypedNumber.parse(none).isEmpty(), none);
        }
    }

    @Test
    void theFirstWrongAnswerGetsAHintAndTheSecondTheAnswer() {
        Answering answering = new Answering(part -> "<" + part + ">");
        Question own = new Question.Choose(List.of("outlier", "others"), "suffers");
        answering.hint();
        assertEquals("<hint>", answering.feedback().orElseThrow().text());
        assertEquals(false, answering.check(own, new Answer.Chosen("outlier"), FACTS));
        StepView.Feedback first = answering.feedback().orElseThrow();
        assertEquals(StepView.Feedback.Kind.WRONG, first.kind());
        assertEquals("<why.outlier> <hint>", first.text());
        answering.check(own, new Answer.Chosen("outlier"), FACTS);
        StepView.Feedback second = answering.feedback().orElseThrow();
        assertEquals(StepView.Feedback.Kind.EXPLANATION, second.kind());
        assertEquals("<why.outlier> <explanation>", second.text());
        answering.hint();
        assertEquals(second, answering.feedback().orElseThrow());
        assertTrue(answering.check(own, new Answer.Chosen("others"), FACTS));
        assertEquals("<takeaway>", answering.feedback().orElseThrow().text());
    }
}

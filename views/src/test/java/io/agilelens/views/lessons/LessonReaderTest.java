package io.agilelens.views.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.views.Comparison;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LessonReaderTest {
    private static final String STEP =
            """
            {"id": "a", "station": "outliers", "compare": "tuned", "tab": "t", "point": "p",
             "select": {"channel": "outlier"}, "levers": {"weights.bits": "4"},
             "needs": ["pictures"], "about": "towering", "offer": "plant",
             "keep": {"rtn": "perplexity"},
             "question": {"kind": "number", "fact": "step", "relative": 0.1}}
            """;

    private static Lesson read(String steps) {
        return LessonReader.read(
                "x.json",
                "{\"id\": \"x\", \"minutes\": 3, \"icon\": \"EYE\", \"steps\": [" + steps + "]}");
    }

    @Test
    void readsEveryPartOfAStep() {
        LessonStep step = read(STEP).steps().getFirst();
        assertEquals("a", step.id());
        assertEquals(Optional.of("outliers"), step.station());
        assertEquals(Optional.of(Comparison.TUNED), step.compare());
        assertEquals(Map.of(SelectionPart.CHANNEL, "outlier"), step.select());
        assertEquals(Map.of("weights.bits", "4"), step.levers());
        assertEquals(List.of(Need.PICTURES), step.needs());
        assertEquals(Optional.of(LessonStep.Offer.PLANT), step.offer());
        assertEquals(Map.of("rtn", "perplexity"), step.keep());
        assertEquals(Optional.of(new Question.Number("step", 0.1, 0)), step.question());
        assertEquals(1, read(STEP).questions());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{`id`: `a`, `stations`: `x`} | steps[0].stations",
                "{`station`: `x`} | steps[0].id",
                "{`id`: `a`, `levers`: {`weights.bit`: `4`}} | steps[0].levers.weights.bit",
                "{`id`: `a`, `levers`: {`weights.bits`: 4}} | steps[0].levers.weights.bits",
                "{`id`: `a`, `needs`: [`luck`]} | steps[0].needs",
                "{`id`: `a`, `select`: {`row`: `x`}} | steps[0].select",
                "{`id`: `a`, `compare`: `both`} | steps[0].compare",
                "{`id`: `a`, `question`: {`kind`: `guess`, `fact`: `x`}} | steps[0].question.kind",
                "{`id`: `a`, `question`: {`kind`: `pick`, `fact`: `x`}} | steps[0].question.part",
                "{`id`: `a`, `question`: {`kind`: `number`, `fact`: `x`, `relative`: -1}} |"
                        + " relative",
                "{`id`: `a`, `question`: {`kind`: `choose`, `fact`: `x`, `options`: [`b`]}} |"
                        + " options",
                "{`id`: `a`}, {`id`: `a`} | the same id",
                "{`id`: `a`, `id`: `b`} | not JSON"
            })
    void namesWhatIsWrong(String steps, String place) {
        String json = steps.replace('`', '"');
        UserException wrong = assertThrows(UserException.class, () -> read(json));
        assertTrue(wrong.getMessage().startsWith("lesson x.json"), wrong.getMessage());
        assertTrue(wrong.getMessage().contains(place), wrong.getMessage());
        assertFalse(wrong.getMessage().contains("\n"));
    }
}

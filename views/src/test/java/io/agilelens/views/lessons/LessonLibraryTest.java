package io.agilelens.views.lessons;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.kordamp.ikonli.feather.Feather;

/** Every lesson says all that it has to say, and nothing that nobody hears. */
class LessonLibraryTest {
    private static final List<Lesson> LESSONS = LessonLibrary.bundled().lessons();

    @Test
    void thereAreSevenAndTheirFactsAreComputed() {
        assertEquals(7, LESSONS.size());
        for (Lesson lesson : LESSONS) {
            assertTrue(LessonFacts.lessons().contains(lesson.id()), lesson.id());
            assertTrue(lesson.questions() >= 3, lesson.id() + " asks little");
            assertDoesNotThrow(() -> Feather.valueOf(lesson.icon()), lesson.id());
        }
        assertEquals(LESSONS.size(), LessonFacts.lessons().size());
    }

    @Test
    void everyStepHasItsWordsAndNoWordIsLeftOver() {
        Set<String> wanted = new TreeSet<>();
        for (Lesson lesson : LESSONS) {
            wanted.add(lesson.id() + ".title");
            wanted.add(lesson.id() + ".summary");
            for (LessonStep step : lesson.steps()) {
                for (String part : parts(step)) {
                    wanted.add(lesson.id() + "." + step.id() + "." + part);
                }
            }
        }
        Set<String> there = new TreeSet<>(LessonWords.bundle().keySet());
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(there);
        assertEquals(Set.of(), missing, "words that are missing");
        there.removeAll(wanted);
        assertEquals(Set.of(), there, "words that nobody hears");
    }

    private static List<String> parts(LessonStep step) {
        List<String> parts = new ArrayList<>(List.of("title", "text"));
        if (step.about().isPresent()) {
            parts.add("without");
        }
        step.question()
                .ifPresent(
                        question -> {
                            parts.addAll(List.of("question", "hint", "explanation", "takeaway"));
                            parts.addAll(reasons(question));
                        });
        return parts;
    }

    private static List<String> reasons(Question question) {
        return switch (question) {
            case Question.Choose choose ->
                    choose.options().stream()
                            .flatMap(id -> List.of("option." + id, "why." + id).stream())
                            .toList();
            case Question.Number _ -> List.of("low", "high");
            case Question.ChooseOf _, Question.Pick _ -> List.of("wrong");
            case Question.Goal _ -> List.of("why.weights", "why.activations", "why.quality");
        };
    }

    @Test
    void textsAreShortEnoughForAProjector() {
        for (String key : LessonWords.bundle().keySet()) {
            int length = LessonWords.bundle().getString(key).length();
            assertTrue(length <= 520, key + " has " + length + " characters");
            assertTrue(length > 1, key);
        }
    }
}

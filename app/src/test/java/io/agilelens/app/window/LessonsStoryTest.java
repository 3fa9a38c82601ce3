package io.agilelens.app.window;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every lesson as a person takes it, on the sample model, with answers computed from it. */
class LessonsStoryTest extends LessonTest {

    @ParameterizedTest
    @ValueSource(strings = {"outlier", "trip", "log2", "tokens", "multiplier", "awq", "recipe"})
    void everyLessonLeadsToItsEnd(String lesson) throws Exception {
        take(lesson);
    }
}

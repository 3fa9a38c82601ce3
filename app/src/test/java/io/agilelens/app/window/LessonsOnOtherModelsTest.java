package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lessons as a person takes them on models of other architectures. */
class LessonsOnOtherModelsTest extends LessonTest {

    @ParameterizedTest
    @CsvSource({
        "opt-tiny,outlier",
        "bloom-tiny,outlier",
        "opt-tiny,awq",
        "bloom-tiny,log2",
        "opt-tiny,tokens"
    })
    void lessonsFitOtherArchitectures(String model, String lesson) throws Exception {
        interact(() -> window.controller().open("sample:" + model));
        await(() -> onFx(() -> isOpen(model)));
        take(lesson);
        // Of the samples only bloom-tiny has no outlier of its own.
        assertEquals(model.equals("bloom-tiny") && lesson.equals("outlier"), planted);
    }

    private boolean isOpen(String model) {
        return workbench()
                .modelProperty()
                .get()
                .filter(m -> m.reference().endsWith(model))
                .isPresent();
    }
}

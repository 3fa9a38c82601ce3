package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.lessons.Lesson;
import io.agilelens.views.lessons.LessonLibrary;
import io.agilelens.views.lessons.LessonProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LessonMemoryTest {
    private static final List<Lesson> LESSONS = LessonLibrary.bundled().lessons();

    @TempDir Path folder;

    private LessonMemory memory() {
        return new LessonMemory(folder.resolve("state").resolve("lessons.properties"), LESSONS);
    }

    @Test
    void whatWasReachedIsThereTheNextTime() {
        assertEquals(LessonProgress.NONE, memory().read());
        LessonProgress progress =
                new LessonProgress(
                        Map.of(
                                "trip",
                                new LessonProgress.Entry(
                                        "outlier", new TreeSet<>(Set.of("finest")), false),
                                "awq",
                                new LessonProgress.Entry(
                                        "", new TreeSet<>(Set.of("count", "fall")), true)));
        memory().write(progress);
        assertEquals(progress, memory().read());
    }

    @Test
    void whatNoLongerExistsIsForgotten() throws Exception {
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(
                folder.resolve("state").resolve("lessons.properties"),
                "trip.step=nowhere\ntrip.right=finest,gone\nold.step=a\n");
        LessonProgress read = memory().read();
        assertEquals(Set.of("trip"), read.entries().keySet());
        assertEquals(Set.of("finest"), read.entries().get("trip").right());
        assertTrue(!read.entries().get("trip").isUnderWay());
    }
}

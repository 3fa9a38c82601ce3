package io.agilelens.app.window;

import io.agilelens.app.KeptProperties;
import io.agilelens.views.lessons.Lesson;
import io.agilelens.views.lessons.LessonProgress;
import io.agilelens.views.lessons.LessonsViewModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javafx.application.Platform;

/** Remembers in the user's state folder how far each lesson is. */
final class LessonMemory {
    private static final String STEP = ".step";
    private static final String RIGHT = ".right";
    private static final String DONE = ".done";

    private final KeptProperties kept;
    private final List<Lesson> lessons;

    /** One for all windows. */
    private static final ExecutorService WORKER =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("lesson memory").factory());

    /**
     * @param file which need not be there
     */
    LessonMemory(Path file, List<Lesson> lessons) {
        this.kept = new KeptProperties(file, "How far each lesson of AgileLens is; may be deleted");
        this.lessons = lessons;
    }

    /**
     * Brings back what was remembered, and remembers from then on.
     *
     * @param folder of the user's state
     */
    static void attach(LessonsViewModel viewModel, Path folder) {
        Path file = folder.resolve("lessons.properties");
        new LessonMemory(file, viewModel.lessons()).follow(viewModel);
    }

    private void follow(LessonsViewModel viewModel) {
        WORKER.execute(
                () -> {
                    LessonProgress progress = read();
                    Platform.runLater(
                            () -> {
                                // Who was quicker than the disk goes on with what is there.
                                if (viewModel.progressProperty().get().entries().isEmpty()) {
                                    viewModel.progressProperty().set(progress);
                                }
                                viewModel.progressProperty().addListener((_, _, now) -> keep(now));
                            });
                });
    }

    private void keep(LessonProgress progress) {
        WORKER.execute(() -> write(progress));
    }

    /** What was remembered; of steps that a lesson no longer has, nothing. */
    LessonProgress read() {
        Properties properties = kept.read();
        Map<String, LessonProgress.Entry> entries = new LinkedHashMap<>();
        for (Lesson lesson : lessons) {
            List<String> steps = lesson.steps().stream().map(step -> step.id()).toList();
            String step = properties.getProperty(lesson.id() + STEP, "");
            TreeSet<String> right = new TreeSet<>();
            for (String id : properties.getProperty(lesson.id() + RIGHT, "").split(",")) {
                if (steps.contains(id)) {
                    right.add(id);
                }
            }
            boolean done = "true".equals(properties.getProperty(lesson.id() + DONE));
            if (steps.contains(step) || !right.isEmpty() || done) {
                entries.put(
                        lesson.id(),
                        new LessonProgress.Entry(steps.contains(step) ? step : "", right, done));
            }
        }
        return new LessonProgress(entries);
    }

    void write(LessonProgress progress) {
        Properties properties = new Properties();
        progress.entries()
                .forEach(
                        (lesson, entry) -> {
                            properties.setProperty(lesson + STEP, entry.step());
                            properties.setProperty(lesson + RIGHT, String.join(",", entry.right()));
                            properties.setProperty(lesson + DONE, Boolean.toString(entry.done()));
                        });
        kept.write(properties);
    }
}

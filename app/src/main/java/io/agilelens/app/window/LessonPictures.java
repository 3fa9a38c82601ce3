package io.agilelens.app.window;

import io.agilelens.views.lessons.Lesson;
import io.agilelens.views.lessons.LessonsViewModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The first question of each lesson, as it stands beside the station that it points at. */
final class LessonPictures {

    /** Takes pictures of a station in every size and theme. */
    @FunctionalInterface
    interface Camera {
        List<Path> take(String station, String name) throws IOException, InterruptedException;
    }

    private final WorkbenchWindow window;
    private final CompletableFuture<Throwable> failure;

    LessonPictures(WorkbenchWindow window, CompletableFuture<Throwable> failure) {
        this.window = window;
        this.failure = failure;
    }

    List<Path> take(Camera camera) throws IOException, InterruptedException {
        LessonsViewModel lessons = window.lessons();
        List<Path> files = new ArrayList<>();
        for (Lesson lesson : lessons.lessons()) {
            onFx(() -> lessons.start(lesson.id()));
            boolean asks = false;
            while (!asks) {
                HeadlessToolkit.await(() -> isReady(lessons), failure);
                asks = HeadlessToolkit.onFx(lessons::isAsking);
                if (!asks) {
                    onFx(lessons::next);
                }
            }
            String station = HeadlessToolkit.onFx(window.frame()::stationProperty).get().id();
            files.addAll(camera.take(station, "lesson-" + lesson.id()));
            onFx(() -> lessons.finish(true));
        }
        return List.copyOf(files);
    }

    /** Whether a step has all it needs; asks for what a person has to ask for. */
    private static boolean isReady(LessonsViewModel lessons) {
        if (lessons.isWaiting()) {
            lessons.askForMissing();
        }
        return !lessons.isWaiting();
    }

    private static void onFx(Runnable work) throws InterruptedException {
        HeadlessToolkit.onFx(
                () -> {
                    work.run();
                    return null;
                });
    }
}
